/**
 * Keep-alive connections to one API server, in separate pools. These agents differ from Node's own in three ways. All
 * connections are alike, so no key is derived from the certificates for each request. TLS options are read when a
 * connection is opened, so that rotated certificates are used. Each connection records whether it is established and
 * whether it has served a request.
 */
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Millis } from '../../base/clock.ts';
import type { RestConfig } from '../auth/rest-config.ts';
import type { ConnectionPoolName } from './api-request.ts';
import { openTunnel } from './proxy-tunnel.ts';

/** Connections that are idle for this long are closed; kube-apiserver closes them after 90 s. */
export const IDLE_CONNECTION_MAX: Millis = 60_000;

/** Idle time before TCP keep-alive probes, which keep the state of middleboxes and detect dead peers. */
export const TCP_KEEPALIVE: Millis = 30_000;

/** Writes in flight; the API server handles no more per second with 64 than with 32. */
export const BULK_CONNECTIONS = 32;
const WATCH_CONNECTIONS_MAX = 64;
const LEASE_CONNECTIONS_MAX = 2;

export type Agent = http.Agent | https.Agent;

type Agents = Readonly<Record<ConnectionPoolName | 'unpooled', Agent>>;

/** As Node passes it to `createConnection`; on an error it ignores the stream. */
type ConnectionCallback = (error: Error | null, stream: Duplex) => void;
const NO_STREAM = new Duplex();

/** The recorded state of a connection. */
export type ConnectionState = { isEstablished: boolean; hasServed: boolean };

export class ConnectionPools {
  readonly #config: RestConfig;
  readonly #states = new WeakMap<object, ConnectionState>();
  readonly #bulkConnections: number;
  #agents: Agents;
  /** The client certificate that the connections were opened with. */
  #certificate: RestConfig['tls']['cert'];
  /** Agents of an earlier certificate, whose requests in flight have yet to end. */
  #retired: readonly Agent[] = [];
  /** Gives up the tunnels that a proxy has not opened yet. */
  readonly #pendingTunnels = new Set<() => void>();

  constructor(config: RestConfig, bulkConnections = BULK_CONNECTIONS) {
    this.#config = config;
    this.#bulkConnections = bulkConnections;
    this.#certificate = config.tls.cert;
    this.#agents = this.#createAgents();
  }

  /** To be asked for each request, once its credentials are known: a plugin may give another certificate with them. */
  agentFor(pool: ConnectionPoolName): Agent {
    this.#renewAfterRotation();
    return this.#agents[pool];
  }

  /** For a request that must not use a connection that has served before. */
  get unpooledAgent(): Agent {
    return this.#agents.unpooled;
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
    for (const giveUp of this.#pendingTunnels) giveUp();
    for (const agent of [...Object.values(this.#agents), ...this.#retired]) agent.destroy();
  }

  #createAgents(): Agents {
    return {
      bulk: this.#createAgent(this.#bulkConnections),
      watch: this.#createAgent(WATCH_CONNECTIONS_MAX),
      lease: this.#createAgent(LEASE_CONNECTIONS_MAX),
      unpooled: this.#createAgent(this.#bulkConnections, false),
    };
  }

  /**
   * A server judges the certificate of a connection at each request. Once that has expired, every request on it is answered
   * 401, and a connection that is in use never becomes idle. So new requests get new connections.
   */
  #renewAfterRotation(): void {
    const { cert } = this.#config.tls;
    if (cert === this.#certificate) return;
    this.#certificate = cert;
    const former = Object.values(this.#agents);
    this.#agents = this.#createAgents();
    for (const agent of former) {
      agent.maxFreeSockets = 0; // those in use are closed when their request ends
      for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
    }
    this.#retired = [...this.#retired, ...former].filter(({ sockets }) => Object.keys(sockets).length > 0);
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
    agent.createConnection = (connectOptions, callback) => {
      if (this.#config.proxy === undefined)
        return this.#trackEstablished(create(connectOptions, callback), 'connect');
      this.#connectThrough(this.#config.proxy, callback, (tunnel) => {
        this.stateOf(tunnel).isEstablished = true;
        return tunnel;
      });
      return undefined;
    };
    return agent;
  }

  #createHttpsAgent(options: https.AgentOptions): https.Agent {
    // A resumed session would skip the verification of the server's certificate, so none is cached.
    const agent = new https.Agent({ ...options, maxCachedSessions: 0 });
    const create = agent.createConnection.bind(agent);
    agent.createConnection = (connectOptions, callback) => {
      const connect = (socket?: Socket) =>
        this.#trackEstablished(
          create({ ...connectOptions, ...this.#config.tls, ...(socket === undefined ? {} : { socket }) }),
          'secureConnect',
        );
      if (this.#config.proxy === undefined) return connect();
      this.#connectThrough(this.#config.proxy, callback, connect);
      return undefined;
    };
    agent.getName = () => 'api';
    return agent;
  }

  /** `secure` makes the connection to the server of the tunnel. */
  #connectThrough(
    proxy: URL,
    callback: ConnectionCallback | undefined,
    secure: (tunnel: Socket) => Duplex | null | undefined,
  ): void {
    const { server, tls } = this.#config;
    const port = Number(server.port || (server.protocol === 'https:' ? 443 : 80));
    const host = server.hostname.replace(/^\[|\]$/g, '');
    const giveUp = openTunnel({ proxy, host, port, tls }, (error, tunnel) => {
      this.#pendingTunnels.delete(giveUp);
      if (tunnel === undefined) callback?.(error, NO_STREAM);
      else callback?.(null, secure(tunnel) ?? tunnel);
    });
    this.#pendingTunnels.add(giveUp);
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
