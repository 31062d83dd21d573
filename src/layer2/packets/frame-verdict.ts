/** What becomes of a received frame. */
import type { Address } from '../../net/address.ts';

/** Why a frame is left alone. */
export type IgnoredFrameReason =
  /** Shorter than the packet that it says it has. */
  | 'too short'
  /** Neither ARP nor IPv6. */
  | 'EtherType'
  /** Of a VLAN that this interface is not. */
  | 'other VLAN'
  /** Unicast to a MAC address of another host, or of another interface. */
  | 'other host'
  /** To a multicast MAC address that its packet does not belong to. */
  | 'group destination'
  /** It came from this interface, and back over the segment. */
  | 'own frame'
  /** The sender's MAC or IP address is one that no host can have. */
  | 'impossible sender'
  | 'hardware type'
  | 'protocol type'
  | 'address length'
  | 'operation'
  /** A reply or advertisement about an address that is not owned. */
  | 'reply'
  | 'IP version'
  | 'next header'
  | 'payload length'
  | 'ICMP type'
  | 'ICMP code'
  | 'hop limit'
  | 'checksum'
  | 'option'
  | 'group target'
  | 'group source'
  /** From `::` otherwise than duplicate address detection sends (RFC 4861 7.1.1). */
  | 'unspecified source'
  /** An advertisement to a group that says that it was solicited (RFC 4861 7.1.2). */
  | 'solicited to a group'
  /** A solicitation to an IPv6 address that is neither its target nor a group of its target. */
  | 'other destination'
  /** The address is not owned by this node. */
  | 'not owned'
  /** The address is owned, and this interface may not answer for it. */
  | 'not here'
  /** The address is still probed. */
  | 'probing';

/** An address that was asked for, and the frame that answers. */
export type FrameResponse = { readonly address: Address; readonly frame: Uint8Array };

export type FrameVerdict =
  | { readonly kind: 'answer'; readonly response: FrameResponse }
  /**
   * The packet names an address of ours as its sender's own. `isAnnouncement`: it tells the segment so, rather than asking for
   * something else from that address, which gets its `response` if it is an address of ours, too.
   */
  | {
      readonly kind: 'claim';
      readonly address: Address;
      readonly mac: Uint8Array;
      readonly isAnnouncement: boolean;
      readonly response: FrameResponse | null;
    }
  | { readonly kind: 'ignore'; readonly reason: IgnoredFrameReason };

/**
 * How an address stands on one interface: answered for; still probed; owned, and not answered for there (another host has
 * it, or the interface is not allowed); not owned.
 */
export type Standing = 'answering' | 'probing' | 'silent' | 'not owned';

/** How the addresses of this node stand on the interface that received the frame. */
export type Standings = {
  /** The address is a number from 0 to 2^32−1. */
  readonly ofIpv4: (ip: number) => Standing;
  /** The 128 bits of the address. */
  readonly ofIpv6: (bits: bigint) => Standing;
};
