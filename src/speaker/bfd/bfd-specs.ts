/** The BFD sessions that a node's peers need. */
import type { Peer } from '../../announce/config/peers.ts';
import type { BfdSessionSpec, BfdSettings } from '../../bfd/settings.ts';
import type { BfdProfile } from '../../config/bfd-profile.ts';
import { formatAddress } from '../../net/address.ts';
import { interfaceTowards, type NetworkInterface } from '../../net/network-interface.ts';

/** The part of a peer that its BFD session depends on. */
export type BfdPeer = Pick<Peer, 'name' | 'address' | 'sourceAddress' | 'ebgpMultiHop'> & {
  readonly bfd: BfdProfile;
};

/**
 * Multihop as FRR decides it for MetalLB: with `ebgpMultiHop`, and for a peer that is not in a network of the node. FRR has no
 * session at all with such an eBGP peer unless `ebgpMultiHop` is set; Berth has one.
 */
export const isMultihop = (
  { ebgpMultiHop, address }: Pick<BfdPeer, 'ebgpMultiHop' | 'address'>,
  interfaces: readonly NetworkInterface[],
): boolean => ebgpMultiHop || interfaceTowards(interfaces, address) === null;

/** The key of a peer's session. Peers with the same router and kind of session share one. */
export const bfdSessionKey = (peer: BfdPeer, interfaces: readonly NetworkInterface[]): string =>
  `${formatAddress(peer.address)}${isMultihop(peer, interfaces) ? ' multihop' : ''}`;

/** One spec for each session. Of peers that share one, the first by name decides its settings. */
export function bfdSpecs(
  peers: readonly BfdPeer[],
  interfaces: readonly NetworkInterface[],
): readonly BfdSessionSpec[] {
  const specs = new Map<string, BfdSessionSpec>();
  for (const peer of [...peers].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const key = bfdSessionKey(peer, interfaces);
    if (!specs.has(key)) specs.set(key, specOf(key, peer, isMultihop(peer, interfaces)));
  }
  return [...specs.values()];
}

/** The kernel selects the local address by the same routes as for the BGP session, unless the peer names one. */
const specOf = (
  key: string,
  { address, sourceAddress, bfd }: BfdPeer,
  multihop: boolean,
): BfdSessionSpec => ({
  key,
  remote: address,
  local: sourceAddress,
  interface: null,
  multihop,
  port: null,
  settings: settingsOf(bfd),
});

const settingsOf = (profile: BfdProfile): BfdSettings => ({
  desiredMinTx: profile.transmitInterval,
  requiredMinRx: profile.receiveInterval,
  detectMultiplier: profile.detectMultiplier,
  passive: profile.isPassive,
  minimumTtl: profile.minimumTtl,
  authentication: null,
});
