/**
 * A Kubernetes API server in memory, served over HTTP, for the playground and for tests, which can inject faults. It
 * passes the same contract as kube-apiserver (`test/contract/`).
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock, Millis } from '../base/clock.ts';
import { nameOf } from '../objects/metadata.ts';
import { createDirectClient, type DirectClient } from './direct-client.ts';
import { FaultInjector } from './http/fault-injector.ts';
import { type HandlerContext, handleRequest } from './http/handler.ts';
import type { WatchStream } from './http/watch-stream.ts';
import { builtinResources } from './kinds/builtin/resources.ts';
import { CRD_GROUP_RESOURCE, type GroupAlias, ResourceRegistry } from './kinds/registry.ts';
import { ClusterIpAllocator, type ClusterIpFamilies } from './kinds/service/cluster-ip-allocator.ts';
import { Storage, type StorageChange } from './object/storage.ts';
import { isObject, type Json, listAt, objectAt } from './object/value.ts';
import { asSchema } from './schema/schema.ts';
import { unsupportedRules } from './schema/validation-rules.ts';
import type { ApiServerState } from './verbs/server-state.ts';

export type ApiServerOptions = {
  /** For ages, timestamps and time-outs. */
  readonly clock: Clock;
  /** In [0, 1); for UUIDs, generated names and random faults. Unset: seeded with the time of day. */
  readonly random?: () => number;
  readonly host?: string;
  /** 0: any free port. */
  readonly port?: number;
  /** PEM; unset: plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The least number of changes that each resource keeps for resumed watches. */
  readonly historyMax?: number;
  /** Between the bookmarks of watches with `allowWatchBookmarks`. */
  readonly bookmarkInterval?: Millis;
  /** The families of cluster IPs, the primary one first. */
  readonly families?: ClusterIpFamilies;
  /** Groups that have a second name. */
  readonly groupAliases?: readonly GroupAlias[];
  /** Namespaces that exist from the start. */
  readonly namespaces?: readonly string[];
};

export interface ApiServer {
  /** `http://127.0.0.1:34567` */
  readonly url: string;
  /** Reads and writes objects without HTTP, for tests and the playground. */
  readonly objects: DirectClient;
  readonly faults: FaultInjector;
  /** Validation rules of CRDs that are not enforced, since `schema/cel.ts` cannot compile them. */
  readonly unsupported: readonly string[];
  /** Ends all watches and connections; resolves when the port is free. */
  stop(): Promise<void>;
}

const HISTORY_MAX = 10_000;
const BOOKMARK_INTERVAL: Millis = 10_000;
const DEFAULT_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];
/** Longer than any client keeps an idle connection, so that the client closes it first. */
const KEEP_ALIVE: Millis = 120_000;

export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const clusterIps = new ClusterIpAllocator(options.families ?? ['IPv4', 'IPv6']);
  const storage = new Storage({ historyMax: options.historyMax ?? HISTORY_MAX });
  const registry = new ResourceRegistry(builtinResources(clusterIps), options.groupAliases);
  const random = options.random ?? seededRandom(options.clock.wall());
  const state: ApiServerState = { storage, registry, clock: options.clock, random };
  const unsupported: string[] = [];
  storage.collection('services').subscribe((change) => clusterIps.onServiceChange(change));
  storage.collection(CRD_GROUP_RESOURCE).subscribe((change) => onCrdChange(state, change, unsupported));
  const watches = new Set<WatchStream>();
  const faults = new FaultInjector(random, {
    closeWatches: (plural) => {
      for (const stream of [...watches]) if (plural === undefined || stream.plural === plural) stream.close();
    },
    compact: () => storage.compact(),
    hideResource: (table) => registry.setHidden(table, true),
    restoreResource: (table) => registry.setHidden(table, false),
  });
  const objects = createDirectClient(state);
  for (const name of options.namespaces ?? DEFAULT_NAMESPACES)
    objects.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const host = options.host ?? '127.0.0.1';
  const context: HandlerContext = {
    state,
    host,
    faults,
    watches,
    bookmarkInterval: options.bookmarkInterval ?? BOOKMARK_INTERVAL,
  };
  const server = await listen(context, options);
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    objects: objects,
    faults,
    unsupported,
    stop: () => stop(server, watches),
  };
}

async function listen(context: HandlerContext, options: ApiServerOptions): Promise<Server> {
  const { host } = context;
  const { tls, port = 0 } = options;
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    handleRequest(context, request, response).catch((cause: unknown) => {
      // The client disconnected, or this is a bug; in both cases only this exchange ends.
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
      server.on('error', () => {}); // a failed accept: the client tries again
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

/** Serves the resources of a created or changed CRD; a deleted one takes its resources and objects with it. */
function onCrdChange(state: ApiServerState, change: StorageChange, unsupported: string[]): void {
  const { registry, storage } = state;
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
