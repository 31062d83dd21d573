/**
 * A small Kubernetes API server in memory, over real HTTP. The playground runs on it, and tests script its faults. It
 * passes the same contract suite as the real kube-apiserver (`test/contract/`).
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock, Millis } from '../base/clock.ts';
import { chance } from './chance.ts';
import type { Cluster } from './cluster.ts';
import { type Direct, directAccess } from './direct.ts';
import { Faults } from './faults.ts';
import { handle, type Rim } from './http/handler.ts';
import type { WatchStream } from './http/watchstream.ts';
import { builtinResources } from './kinds/builtin.ts';
import { type Families, ServiceNetwork } from './kinds/servicenetwork.ts';
import { CRD_TABLE, Registry } from './registry.ts';
import { unsupportedRules } from './schema/rules.ts';
import { asSchema } from './schema/schema.ts';
import { type Change, Store } from './storage.ts';
import { isObject, type Json, listAt, nameOf, objectAt } from './value.ts';

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
  readonly bookmarkEvery?: Millis;
  /** The families of cluster addresses, first one first. */
  readonly families?: Families;
  /** Namespaces that are there from the start. */
  readonly namespaces?: readonly string[];
};

export interface ApiServer {
  /** `http://127.0.0.1:34567` */
  readonly url: string;
  /** Objects without HTTP, for tests and the playground. */
  readonly store: Direct;
  readonly faults: Faults;
  /** Parts of CRDs that are not enforced here: CEL rules that go beyond the subset of `schema/cel.ts`. */
  readonly unsupported: readonly string[];
  /** Ends all watches and connections; resolves when the port is free. */
  stop(): Promise<void>;
}

const HISTORY_MAX = 10_000;
const BOOKMARK_EVERY: Millis = 10_000;
const NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];
/** Longer than any client keeps a connection idle, so that it is the client who lets go. */
const KEEP_ALIVE: Millis = 120_000;

export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const network = new ServiceNetwork(options.families ?? ['IPv4', 'IPv6']);
  const store = new Store({ historyMax: options.historyMax ?? HISTORY_MAX });
  const registry = new Registry(builtinResources(network));
  const random = options.random ?? chance(options.clock.wall());
  const cluster: Cluster = { store, registry, clock: options.clock, random };
  const unsupported: string[] = [];
  store.table('services').listen((change) => network.follow(change));
  store.table(CRD_TABLE).listen((change) => followDefinition(cluster, change, unsupported));
  const watches = new Set<WatchStream>();
  const faults = new Faults(random, {
    closeWatches: (plural) => {
      for (const stream of [...watches]) if (plural === undefined || stream.plural === plural) stream.close();
    },
    compact: () => store.compact(),
    forget: (table) => registry.hide(table, true),
    remember: (table) => registry.hide(table, false),
  });
  const direct = directAccess(cluster);
  for (const name of options.namespaces ?? NAMESPACES)
    direct.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const rim: Rim = { cluster, faults, watches, bookmarkEvery: options.bookmarkEvery ?? BOOKMARK_EVERY };
  const server = await listen(rim, options);
  const { port } = server.address() as AddressInfo;
  const host = options.host ?? '127.0.0.1';
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    store: direct,
    faults,
    unsupported,
    stop: () => stop(server, watches),
  };
}

async function listen(rim: Rim, options: ApiServerOptions): Promise<Server> {
  const { tls, host = '127.0.0.1', port = 0 } = options;
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    handle(rim, request, response).catch((cause: unknown) => {
      // The client is gone, or we are wrong; in both cases this exchange is over and the next one starts clean.
      response.destroy(cause instanceof Error ? cause : undefined);
    });
  };
  const timing = { keepAliveTimeout: KEEP_ALIVE, requestTimeout: 0 };
  const server: Server =
    tls === undefined
      ? createServer(timing, answer)
      : createTlsServer({ ...timing, cert: tls.cert, key: tls.key }, answer);
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
function followDefinition(cluster: Cluster, change: Change, unsupported: string[]): void {
  const { registry, store } = cluster;
  const name = nameOf(change.object);
  if (change.type === 'DELETED') {
    const contents = store.table(name);
    for (const [key] of contents.entries()) contents.remove(key);
    registry.forget(name);
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
