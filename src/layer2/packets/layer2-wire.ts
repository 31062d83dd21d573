/**
 * Port of the wire: whoever decides which addresses this node owns says so here, and is told what happens on the segments.
 * The wire answers ARP and NDP for those addresses, announces them, and watches for other hosts that use them.
 */
import type { Millis } from '../../base/clock.ts';
import type { Address } from '../../net/address.ts';

/** 48 bits as text, such as `02:00:5e:10:00:01`, in lower case. */
export type MacAddress = string;

/** An address that this node is to answer for. */
export type OwnedAddress = {
  readonly address: Address;
  /** Names of the interfaces that may answer; null: all. A name that does not exist answers when its interface appears. */
  readonly interfaces: readonly string[] | null;
  /**
   * Whether other hosts are asked first if they use it (RFC 5227 2.1.1, RFC 4862 5.4): for an address that no node is
   * recorded for. It counts when the address is new; changing it later has no effect. One that this node answered for until
   * less than a minute ago is not probed.
   */
  readonly isProbed: boolean;
};

export interface Layer2Wire {
  /**
   * Replaces the table. A new address is probed if it asks for that, then announced and answered for. One that is left out is
   * silent at once. An entry that did not change is not announced again.
   */
  setOwned(table: readonly OwnedAddress[]): void;
  /** The MAC addresses of all speakers, this one included: a claim by one of them is no conflict. */
  setSpeakers(macs: readonly MacAddress[]): void;
  /** Regular expressions, of which none may match the name of an interface that is used (MetalLB's `excludel2.yaml`). */
  setExcluded(patterns: readonly string[]): void;
  /**
   * Announces the address once more on that interface, against another host that claimed it. Within ten seconds of the last
   * defence nothing is sent (RFC 5227 2.4 b). Never call it for a claim of a speaker.
   */
  defend(address: Address, interfaceName: string): void;
  /** Announces these addresses anew, where they are answered for: hosts may have missed that, or learned otherwise meanwhile. */
  announce(addresses: readonly Address[]): void;
  /** Ends the silence that began with `suspended`. All addresses are announced again. */
  resume(): void;
  /** Falls silent, and ends the thread. */
  close(): Promise<void>;
}

/** An interface that can answer. One that is excluded, down, without carrier or part of a bridge or bond counts as absent. */
export type WireInterface = {
  readonly name: string;
  /** Index of the kernel. */
  readonly index: number;
  readonly mac: MacAddress;
  /** Whether ARP is answered there: it needs BROADCAST and no NOARP. NDP needs a usable link-local address. */
  readonly families: { readonly 4: boolean; readonly 6: boolean };
  /** Its addresses, without those that may not be used yet (RFC 4862 5.4), each with the length of its subnet. */
  readonly addresses: readonly { readonly address: Address; readonly prefixLength: number }[];
};

/** Packets about one address, since the last such event. */
export type PacketCounts = {
  readonly address: Address;
  /** Requests and solicitations for it, on an interface that may answer. */
  readonly requests: number;
  readonly responses: number;
  /** Gratuitous ARP packets and unsolicited neighbour advertisements. */
  readonly gratuitous: number;
};

/** What the wire reports. Events come in the order in which things happened. */
export type WireEvent =
  /** The interfaces that can answer: first of all, and after each change. */
  | { readonly kind: 'interfaces'; readonly interfaces: readonly WireInterface[] }
  /** From now on the address is answered for on that interface; its first announcement was sent. */
  | { readonly kind: 'answering'; readonly address: Address; readonly interface: string }
  /** A probe found a host that uses the address. It is not answered for there, and probed again a minute later. */
  | {
      readonly kind: 'refused';
      readonly address: Address;
      readonly interface: string;
      readonly mac: MacAddress;
    }
  /**
   * A packet names an owned address with the MAC address of another host: a conflict, or the successor's announcement if it
   * is a speaker. At most one a second for each address, interface and MAC address.
   */
  | {
      readonly kind: 'claimed';
      readonly address: Address;
      readonly interface: string;
      readonly mac: MacAddress;
      readonly isSpeaker: boolean;
      /** Whether the packet announces the address, as a successor does, rather than asking for another one from it. */
      readonly isAnnouncement: boolean;
    }
  /** For an address about once a second, if it had packets. Many addresses come in several events. */
  | { readonly kind: 'counted'; readonly counts: readonly PacketCounts[] }
  /** The process did not run for that long, so another node may own the addresses now. Nothing is answered until `resume`. */
  | { readonly kind: 'suspended'; readonly duration: Millis }
  /** Something does not work, and the rest goes on. A sentence. */
  | { readonly kind: 'problem'; readonly message: string }
  /** The wire ended by itself: nothing is answered any more. A sentence. */
  | { readonly kind: 'failed'; readonly message: string };

export type WireOptions = {
  /** Silence of the process after which another node may own its addresses: the detection time of the speakers' BFD. */
  readonly suspendedAfter: Millis;
  /** The first list of `setExcluded`. */
  readonly excluded: readonly string[];
  readonly onEvent: (event: WireEvent) => void;
};
