/** Which interfaces can answer, and for which family, from what the kernel says about them. */
import { type Address, compareAddresses, isIpv6LinkLocal } from '../../net/address.ts';
import type { MacAddress, WireInterface } from './layer2-wire.ts';

/** An interface as the kernel describes it (rtnetlink(7)). */
export type LinkState = {
  readonly index: number;
  readonly name: string;
  /** `ARPHRD_*`. */
  readonly hardwareType: number;
  /** `IFF_*`. */
  readonly flags: number;
  /** Null if its address does not have six octets. */
  readonly mac: MacAddress | null;
  /** Whether it is part of a bridge, bond or VRF. */
  readonly hasMaster: boolean;
};

/** An address of an interface. */
export type LinkAddress = {
  readonly index: number;
  readonly address: Address;
  readonly prefixLength: number;
  /** Not while duplicate address detection runs, nor after it found one (RFC 4862 5.4). */
  readonly isUsable: boolean;
};

const ETHERNET = 1;
const FLAG = { up: 1, broadcast: 2, loopback: 8, running: 0x40, noArp: 0x80 } as const;

/**
 * As MetalLB selects them: up, not excluded, without a master, and with ARP; in addition, with carrier and Ethernet. ARP needs
 * BROADCAST, NDP a usable link-local address. In the order of their index.
 */
export function usableInterfaces(
  links: Iterable<LinkState>,
  addressesOf: (index: number) => Iterable<LinkAddress>,
  isExcluded: (name: string) => boolean,
): readonly WireInterface[] {
  return [...links]
    .flatMap((link) => {
      const { index, name, mac, flags } = link;
      if (mac === null || !isUsableLink(link) || isExcluded(name)) return [];
      const own = [...addressesOf(index)].filter(({ isUsable }) => isUsable);
      const families = {
        4: (flags & FLAG.broadcast) !== 0,
        6: own.some(({ address }) => isIpv6LinkLocal(address)),
      };
      const sorted = own
        .map(({ address, prefixLength }) => ({ address, prefixLength }))
        .sort((a, b) => compareAddresses(a.address, b.address));
      return [{ name, index, mac, families, addresses: sorted }];
    })
    .sort((a, b) => a.index - b.index);
}

/** Whether both lists say the same. There may be thousands of addresses. */
export function sameInterfaces(a: readonly WireInterface[], b: readonly WireInterface[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, index) => {
      const other = b[index];
      return other !== undefined && sameInterface(one, other);
    })
  );
}

const sameInterface = (a: WireInterface, b: WireInterface): boolean =>
  a.index === b.index &&
  a.name === b.name &&
  a.mac === b.mac &&
  a.families[4] === b.families[4] &&
  a.families[6] === b.families[6] &&
  a.addresses.length === b.addresses.length &&
  a.addresses.every(({ address, prefixLength }, index) => {
    const other = b.addresses[index];
    return (
      other !== undefined &&
      prefixLength === other.prefixLength &&
      compareAddresses(address, other.address) === 0
    );
  });

function isUsableLink({ hardwareType, flags, hasMaster }: LinkState): boolean {
  const wanted = FLAG.up | FLAG.running;
  const unwanted = FLAG.loopback | FLAG.noArp;
  return hardwareType === ETHERNET && !hasMaster && (flags & wanted) === wanted && (flags & unwanted) === 0;
}
