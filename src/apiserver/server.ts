/**
 * A small Kubernetes API server in memory, over real HTTP. The playground runs on it, and tests script its faults. It
 * passes the same contract suite as the real kube-apiserver (`test/contract/`).
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock, Millis } from '../base/clock.ts';
import { nameOf } from '../objects/metadata.ts';
import { createDirectClient, type DirectClient } from './direct-client.ts';
import { FaultInjector } from './fault-injector.ts';
import { type HandlerContext, handleRequest } from './http/handler.ts';
import type { WatchStream } from './http/watch-stream.ts';
import { builtinResources } from './kinds/builtin-resources.ts';
import { ClusterIpAllocator, type ClusterIpFamilies } from './kinds/service/cluster-ip-allocator.ts';
import { CRD_GROUP_RESOURCE, ResourceRegistry } from './registry.ts';
import { asSchema } from './schema/schema.ts';
import { unsupportedRules } from './schema/validation-rules.ts';
import type { ApiServerState } from './server-state.ts';
import { Storage, type StorageChange } from './storage.ts';
import { isObject, type Json, listAt, objectAt } from './value.ts';

export type ApiServerOptions = {
  /** Where time comes from: ages, timestamps, time-outs. */
  readonly clock: Clock;
  /** In [0, 1); UUIDs, generated names and faults with a chance come from it. Unset: seeded with the time of day. */
  readonly random?: () => number;
  readonly host?: string;
  /** 0: any free port. */
  readonly port?: number;
  /** PEM texts; unset: plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Changes that each resource remembers for watches that resume, at least. */
  readonly historyMax?: number;
  /** Time between bookmarks for watchers that asked for them. */
  readonly bookmarkInterval?: Millis;
  /** The families of cluster addresses, first one first. */
  readonly families?: ClusterIpFamilies;
  /** Namespaces that are there from the start. */
  readonly namespaces?: readonly string[];
};

export interface ApiServer {
  /** `http://127.0.0.1:34567` */
  readonly url: string;
  /** Objects without HTTP, for tests and the playground. */
  readonly objects: DirectClient;
  readonly faults: FaultInjector;
  /** Parts of CRDs that are not enforced here: CEL rules that go beyond the subset of `schema/cel.ts`. */
  readonly unsupported: readonly string[];
  /** Ends all watches and connections; resolves when the port is free. */
  stop(): Promise<void>;
}

const HISTORY_MAX = 10_000;
const BOOKMARK_INTERVAL: Millis = 10_000;
const DEFAULT_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];
/** Longer than any client keeps a connection idle, so that it is the client who lets go. */
const KEEP_ALIVE: Millis = 120_000;

export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const clusterIps = new ClusterIpAllocator(options.families ?? ['IPv4', 'IPv6']);
  const storage = new Storage({ historyMax: options.historyMax ?? HISTORY_MAX });
  const registry = new ResourceRegistry(builtinResources(clusterIps));
  const random = options.random ?? seededRandom(options.clock.wall());
  const cluster: ApiServerState = { storage, registry, clock: options.clock, random };
  const unsupported: string[] = [];
  storage.collection('services').subscribe((change) => clusterIps.onServiceChange(change));
  storage.collection(CRD_GROUP_RESOURCE).subscribe((change) => onCrdChange(cluster, change, unsupported));
  const watches = new Set<WatchStream>();
  const faults = new FaultInjector(random, {
    closeWatches: (plural) => {
      for (const stream of [...watches]) if (plural === undefined || stream.plural === plural) stream.close();
    },
    compact: () => storage.compact(),
    hideResource: (table) => registry.setHidden(table, true),
    restoreResource: (table) => registry.setHidden(table, false),
  });
  const objects = createDirectClient(cluster);
  for (const name of options.namespaces ?? DEFAULT_NAMESPACES)
    objects.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const context: HandlerContext = {
    cluster,
    faults,
    watches,
    bookmarkInterval: options.bookmarkInterval ?? BOOKMARK_INTERVAL,
  };
  const server = await listen(context, options);
  const { port } = server.address() as AddressInfo;
  const host = options.host ?? '127.0.0.1';
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    objects: objects,
    faults,
    unsupported,
    stop: () => stop(server, watches),
  };
}

async function listen(context: HandlerContext, options: ApiServerOptions): Promise<Server> {
  const { tls, host = '127.0.0.1', port = 0 } = options;
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    handleRequest(context, request, response).catch((cause: unknown) => {
      // The client is gone, or we are wrong; in both cases this exchange is over and the next one starts clean.
      response.destroy(cause instanceof Error ? cause : undefined);
    });
  };
  const timing = { keepAliveTimeout: KEEP_ALIVE, requestTimeout: 0 };
  const server: Server =
    tls === undefined
      ? createServer(timing, onRequest)
      : createTlsServer({ ...timing, cert: tls.cert, key: tls.key }, onRequest);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return server;
}

async function stop(server: Server, watches: ReadonlySet<WatchStream>): Promise<void> {
  for (const stream of [...watches]) stream.close();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** A definition that comes, changes or goes takes what it serves with it. */
function onCrdChange(cluster: ApiServerState, change: StorageChange, unsupported: string[]): void {
  const { registry, storage } = cluster;
  const name = nameOf(change.object);
  if (change.type === 'DELETED') {
    const collection = storage.collection(name);
    for (const [key] of collection.entries()) collection.remove(key);
    registry.undefine(name);
    return;
  }
  registry.define(name, change.object);
  for (const version of listAt(objectAt(change.object, 'spec'), 'versions').filter(isObject)) {
    const schema = asSchema(objectAt(version, 'schema')['openAPIV3Schema'] as Json);
    for (const rule of unsupportedRules(schema)) {
      const line = `${name} ${rule}`;
      if (!unsupported.includes(line)) unsupported.push(line);
    }
  }
}

/** Random numbers in [0, 1) from a seed (mulberry32): good enough for names and faults, and repeatable. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
