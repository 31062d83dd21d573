/**
 * Keep-alive connections to one API server, in separate pools. These agents differ from Node's own in three ways. All
 * connections are alike, so no key is derived from the certificates for each request. TLS options are read when a
 * connection is opened, so that rotated certificates are used. Each connection records whether it is established and
 * whether it has served a request.
 */
import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import type { Millis } from '../../base/clock.ts';
import type { RestConfig } from '../auth/rest-config.ts';
import type { ConnectionPoolName } from './api-request.ts';

/** Connections that are idle for this long are closed; kube-apiserver closes them after 90 s. */
export const IDLE_CONNECTION_MAX: Millis = 60_000;

/** Idle time before TCP keep-alive probes, which keep the state of middleboxes and detect dead peers. */
export const TCP_KEEPALIVE: Millis = 30_000;

/** Writes in flight; the API server handles no more per second with 64 than with 32. */
export const BULK_CONNECTIONS = 32;
const WATCH_CONNECTIONS_MAX = 64;
const LEASE_CONNECTIONS_MAX = 2;

export type Agent = http.Agent | https.Agent;

/** The recorded state of a connection. */
export type ConnectionState = { isEstablished: boolean; hasServed: boolean };

export class ConnectionPools {
  readonly #config: RestConfig;
  readonly #states = new WeakMap<object, ConnectionState>();
  readonly #agents: Readonly<Record<ConnectionPoolName, Agent>>;
  readonly #unpooledAgent: Agent;

  constructor(config: RestConfig, bulkConnections = BULK_CONNECTIONS) {
    this.#config = config;
    this.#agents = {
      bulk: this.#createAgent(bulkConnections),
      watch: this.#createAgent(WATCH_CONNECTIONS_MAX),
      lease: this.#createAgent(LEASE_CONNECTIONS_MAX),
    };
    this.#unpooledAgent = this.#createAgent(bulkConnections, false);
  }

  agentFor(pool: ConnectionPoolName): Agent {
    return this.#agents[pool];
  }

  /** For a request that must not use a connection that has served before. */
  get unpooledAgent(): Agent {
    return this.#unpooledAgent;
  }

  stateOf(socket: object): ConnectionState {
    let state = this.#states.get(socket);
    if (state === undefined) {
      state = { isEstablished: false, hasServed: false };
      this.#states.set(socket, state);
    }
    return state;
  }

  close(): void {
    for (const agent of [...Object.values(this.#agents), this.#unpooledAgent]) agent.destroy();
  }

  #createAgent(maxSockets: number, keepAlive = true): Agent {
    const options = {
      keepAlive,
      keepAliveMsecs: TCP_KEEPALIVE,
      maxSockets,
      maxFreeSockets: maxSockets,
      timeout: IDLE_CONNECTION_MAX,
    };
    return this.#config.server.protocol === 'https:'
      ? this.#createHttpsAgent(options)
      : this.#createHttpAgent(options);
  }

  #createHttpAgent(options: http.AgentOptions): http.Agent {
    const agent = new http.Agent(options);
    const create = agent.createConnection.bind(agent);
    agent.createConnection = (connectOptions, callback) =>
      this.#trackEstablished(create(connectOptions, callback), 'connect');
    return agent;
  }

  #createHttpsAgent(options: https.AgentOptions): https.Agent {
    // A resumed session would skip the verification of the server's certificate, so none is cached.
    const agent = new https.Agent({ ...options, maxCachedSessions: 0 });
    const create = agent.createConnection.bind(agent);
    agent.createConnection = (connectOptions, callback) =>
      this.#trackEstablished(create({ ...connectOptions, ...this.#config.tls }, callback), 'secureConnect');
    agent.getName = () => 'api';
    return agent;
  }

  #trackEstablished<S extends Duplex | null | undefined>(
    socket: S,
    establishedEvent: 'connect' | 'secureConnect',
  ): S {
    socket?.once(establishedEvent, () => {
      this.stateOf(socket).isEstablished = true;
    });
    return socket;
  }
}
