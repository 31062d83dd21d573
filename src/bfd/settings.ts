/** What the owner of a BFD session configures (RFC 5880 6.8.1). */
import type { Millis } from '../base/clock.ts';
import type { Address } from '../net/address.ts';

export type BfdSettings = {
  /** DesiredMinTxInterval, at least 1: we send no faster. While the session is not up, we send no faster than each second. */
  readonly desiredMinTx: Millis;
  /** RequiredMinRxInterval, at least 1: the remote must not send faster. */
  readonly requiredMinRx: Millis;
  /** DetectMult, 1 to 255: how many of our packets the remote may miss before it considers the session down. */
  readonly detectMultiplier: number;
  /** Sends nothing until the remote has sent (RFC 5880 6.1). */
  readonly passive: boolean;
  /** Lowest TTL of a received packet, 1 to 255, for multihop only: a single hop has 255 (RFC 5881 5, RFC 5883 6). */
  readonly minimumTtl: number;
  readonly authentication: BfdAuthentication | null;
};

/**
 * Keyed SHA-1 (RFC 5880 6.7.4). Meticulous: the sequence number increases with every packet, so that none can be replayed;
 * else a packet can be replayed until the number changes.
 */
export type BfdAuthentication = {
  readonly type: 'keyed-sha1' | 'meticulous-keyed-sha1';
  /**
   * Received packets may use any of them, so a key can be replaced while the session is up: 1 to 4 keys, the oldest first. Two may
   * have the same ID, where that follows from the key.
   */
  readonly keys: readonly BfdKey[];
  /** ID of the key that our packets use, until the remote uses a newer one: one of `keys`. */
  readonly activeKeyId: number;
};

export type BfdKey = {
  /** 0 to 255, and the same on both sides. */
  readonly id: number;
  /** 1 to 20 octets. */
  readonly key: Uint8Array;
};

/** One session that its owner wants. Sessions of one process differ in their key, and in remote or port; link-local remotes may differ in the interface alone. */
export type BfdSessionSpec = {
  /** The owner's name for the session, unique among the specs of one process. */
  readonly key: string;
  readonly remote: Address;
  /** Source address of our packets, of the family of `remote`; null: the kernel selects one. */
  readonly local: Address | null;
  /**
   * Our packets leave by this interface only; null: the routing table selects it. A link-local remote needs one, and its
   * packets are taken from that interface only.
   */
  readonly interface: string | null;
  /** The remote is not on a directly connected network (RFC 5883). */
  readonly multihop: boolean;
  /** UDP port of both sides; null: 3784 (RFC 5881 4), or 4784 for multihop (RFC 5883 5). */
  readonly port: number | null;
  readonly settings: BfdSettings;
};
