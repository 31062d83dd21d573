/**
 * BFD for the peers of a speaker: keeps one session for each router that a peer with a BFDProfile has, and says which peers
 * lost theirs. A session begins with its peer, before the BGP session is established, and outlives the end of that.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Peer } from '../../announce/config/peers.ts';
import type { Clock, Millis } from '../../base/clock.ts';
import type { BfdSessions, BfdStateChange } from '../../bfd/sessions.ts';
import type { BfdSessionSpec } from '../../bfd/settings.ts';
import type { BfdSessionState, BfdStatus } from '../../bfd/status.ts';
import { formatAddress } from '../../net/address.ts';
import type { NetworkInterface } from '../../net/network-interface.ts';
import { type BfdPeer, bfdSessionKey, bfdSpecs } from './bfd-specs.ts';
import { bfdDownReason, bfdNotUpReason } from './bfd-text.ts';

/** A BFD session that is not up this long after its BGP session was established is reported. Slow sessions need 3 s. */
export const BFD_UP_WITHIN: Millis = 10_000;

/**
 * `up`, `down`: the session changed; `admin-down`: the peer took it down on purpose; `missing`: it is not up, although the BGP
 * session is.
 */
export type BfdEvent = {
  readonly kind: 'up' | 'down' | 'admin-down' | 'missing';
  /** A sentence, without a full stop; empty for `up`. */
  readonly because: string;
  readonly status: BfdStatus;
};

/** The BFD session of a peer. `status` is null before it is known. */
export type PeerBfd = {
  /** Name of the BFDProfile. */
  readonly profile: string;
  readonly multihop: boolean;
  readonly minimumTtl: number;
  readonly status: BfdStatus | null;
};

export type BfdRouterStatus = { readonly router: string; readonly status: BfdStatus };

export type BfdPeersOptions = {
  readonly clock: Pick<Clock, 'after'>;
  /** Null where BFD is not run: then no peer has a session. */
  readonly sessions: BfdSessions | null;
  readonly interfaces: () => readonly NetworkInterface[];
  /** `peer` is the name of the BGPPeer. */
  readonly occurred: (peer: string, event: BfdEvent) => void;
};

const hasBfd = (peer: Peer): peer is Peer & BfdPeer => peer.bfd !== null;

export class BfdPeers {
  readonly #options: BfdPeersOptions;
  readonly #timers = new Map<string, () => void>();
  #isStopped = false;
  #peers: readonly Peer[] = [];
  #keys: ReadonlyMap<string, string> = new Map();
  #specs: readonly BfdSessionSpec[] = [];

  constructor(options: BfdPeersOptions) {
    this.#options = options;
    options.sessions?.onChange((change) => this.#changed(change));
  }

  /** All peers of the node now; those without a profile have no BFD session. */
  setPeers(peers: readonly Peer[]): void {
    if (peers.length === this.#peers.length && peers.every((one, at) => one === this.#peers[at])) return;
    this.#peers = peers;
    this.#apply();
  }

  /** The BGP session is established. The node may have got the network of the peer only now. */
  established(peer: string): void {
    if (this.#keys.has(peer)) this.#apply();
    this.#timers.get(peer)?.();
    const cancel = this.#options.clock.after(BFD_UP_WITHIN, () => this.#reportMissing(peer));
    if (this.#keys.has(peer)) this.#timers.set(peer, cancel);
    else cancel();
  }

  /** The BGP session ended. */
  ended(peer: string): void {
    this.#timers.get(peer)?.();
    this.#timers.delete(peer);
  }

  /** One for each session, with the router's address. */
  get statuses(): readonly BfdRouterStatus[] {
    const remotes = new Map(this.#specs.map(({ key, remote }) => [key, formatAddress(remote)]));
    return (this.#options.sessions?.statuses() ?? []).flatMap((status): readonly BfdRouterStatus[] => {
      const router = remotes.get(status.key);
      return router === undefined ? [] : [{ router, status }];
    });
  }

  /** Null for a peer without BFD. */
  of(peer: string): PeerBfd | null {
    const key = this.#keys.get(peer);
    const found = this.#peers.find(({ name }) => name === peer);
    if (key === undefined || found === undefined || !hasBfd(found)) return null;
    return {
      profile: found.bfd.name,
      minimumTtl: found.bfd.minimumTtl,
      multihop: this.#specs.find((spec) => spec.key === key)?.multihop ?? false,
      status: this.#statusOf(key),
    };
  }

  /** Says AdminDown on every session, and ends them for good. Settles when the sockets are closed. */
  async stop(): Promise<void> {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#isStopped = true;
    if (this.#specs.length === 0) return;
    this.#keys = new Map();
    this.#specs = [];
    await this.#options.sessions?.stop();
  }

  #apply(): void {
    const { sessions } = this.#options;
    if (sessions === null || this.#isStopped) return;
    const peers = this.#peers.filter(hasBfd);
    const interfaces = this.#options.interfaces();
    this.#keys = new Map(peers.map((peer) => [peer.name, bfdSessionKey(peer, interfaces)]));
    const specs = bfdSpecs(peers, interfaces);
    if (isDeepStrictEqual(specs, this.#specs)) return;
    this.#specs = specs;
    sessions.apply(specs);
  }

  #statusOf(key: string): BfdStatus | null {
    return this.#options.sessions?.statuses().find((one) => one.key === key) ?? null;
  }

  #changed({ from, status }: BfdStateChange): void {
    const event = eventOf(from, status);
    if (event === null) return;
    for (const [peer, key] of this.#keys) if (key === status.key) this.#options.occurred(peer, event);
  }

  #reportMissing(peer: string): void {
    this.#timers.delete(peer);
    const bfd = this.of(peer);
    const status = bfd?.status ?? null;
    if (bfd === null || status === null) return;
    const because = bfdNotUpReason(status, bfd);
    if (because !== null) this.#options.occurred(peer, { kind: 'missing', because, status });
  }
}

const ADMIN_DOWN = 'the peer took its BFD session down on purpose (AdminDown), so the BGP session stays';

/** What a change means for BGP; null for a step on the way up, and for our own AdminDown. */
function eventOf(from: BfdSessionState, status: BfdStatus): BfdEvent | null {
  const { state, remoteState } = status;
  if (state === 'Up') return from === 'Up' ? null : { kind: 'up', because: '', status };
  if (remoteState === 'AdminDown') return { kind: 'admin-down', because: ADMIN_DOWN, status };
  if (from !== 'Up' || state === 'AdminDown') return null;
  return { kind: 'down', because: bfdDownReason(status), status };
}
