/**
 * Keep-alive connections to one API server, pooled by lane. An agent of ours differs from Node's own in three
 * things: all its connections are alike, so no key is made of the certificates for each request; TLS options
 * are read when a connection is made, so that rotated certificates count; and it remembers which connections
 * are established and which have already served.
 */
import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import type { Millis } from '../base/clock.ts';
import type { Lane } from './outcome.ts';
import type { KubeTarget } from './target.ts';

/** A connection that served nobody for so long is closed: kube-apiserver would close it after 90 s. */
export const IDLE_CONNECTION_MAX: Millis = 60_000;

/** When TCP starts to probe a silent connection, so that middleboxes remember it and dead peers come out. */
export const TCP_KEEPALIVE: Millis = 30_000;

/** Writes in flight; the API server takes no more per second from 64 than from 32. */
export const BULK_CONNECTIONS = 32;
const WATCH_CONNECTIONS_MAX = 64;
const LEASE_CONNECTIONS_MAX = 2;

export type Agent = http.Agent | https.Agent;

/** What was noted about a connection. */
export type Connection = { established: boolean; served: boolean };

export class Connections {
  readonly #target: KubeTarget;
  readonly #notes = new WeakMap<object, Connection>();
  readonly #lanes: Readonly<Record<Lane, Agent>>;
  readonly #single: Agent;

  constructor(target: KubeTarget, bulkConnections = BULK_CONNECTIONS) {
    this.#target = target;
    this.#lanes = {
      bulk: this.#agent(bulkConnections),
      watch: this.#agent(WATCH_CONNECTIONS_MAX),
      lease: this.#agent(LEASE_CONNECTIONS_MAX),
    };
    this.#single = this.#agent(bulkConnections, false);
  }

  lane(lane: Lane): Agent {
    return this.#lanes[lane];
  }

  /** For a request that must not meet a connection that was used before. */
  get single(): Agent {
    return this.#single;
  }

  of(socket: object): Connection {
    let note = this.#notes.get(socket);
    if (note === undefined) {
      note = { established: false, served: false };
      this.#notes.set(socket, note);
    }
    return note;
  }

  close(): void {
    for (const agent of [...Object.values(this.#lanes), this.#single]) agent.destroy();
  }

  #agent(maxSockets: number, keepAlive = true): Agent {
    const options = {
      keepAlive,
      keepAliveMsecs: TCP_KEEPALIVE,
      maxSockets,
      maxFreeSockets: maxSockets,
      timeout: IDLE_CONNECTION_MAX,
    };
    return this.#target.server.protocol === 'https:' ? this.#secure(options) : this.#plain(options);
  }

  #plain(options: http.AgentOptions): http.Agent {
    const agent = new http.Agent(options);
    const create = agent.createConnection.bind(agent);
    agent.createConnection = (opened, callback) => this.#noted(create(opened, callback), 'connect');
    return agent;
  }

  #secure(options: https.AgentOptions): https.Agent {
    // A resumed session would skip the look at the server's certificate, so none is kept.
    const agent = new https.Agent({ ...options, maxCachedSessions: 0 });
    const create = agent.createConnection.bind(agent);
    agent.createConnection = (opened, callback) =>
      this.#noted(create({ ...opened, ...this.#target.tls }, callback), 'secureConnect');
    agent.getName = () => 'api';
    return agent;
  }

  #noted<S extends Duplex | null | undefined>(socket: S, established: 'connect' | 'secureConnect'): S {
    socket?.once(established, () => {
      this.of(socket).established = true;
    });
    return socket;
  }
}
