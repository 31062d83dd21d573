/**
 * What one node answers for: Services and addresses. Each election is looked at once, so a change costs little more than one walk
 * over the list of elections, and what did not change is the same object.
 */
import { lazy } from '../../base/lazy.ts';
import { rememberByObject, rememberLast } from '../../base/remember.ts';
import { compareText } from '../../base/text.ts';
import { formatAddress } from '../../net/address.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { OwnedAddress } from '../packets/layer2-wire.ts';
import type { GroupElection } from './group-election.ts';
import type { Layer2Service } from './layer2-service.ts';
import { type Layer2State, ownStandings } from './layer2-state.ts';
import type { EligibleStanding } from './standing.ts';

/** A Service that the node answers for. */
export type OwnedService = {
  readonly service: Layer2Service;
  /** See `EligibleStanding`. */
  readonly wanted: EligibleStanding['wanted'];
  /** As text. */
  readonly addresses: readonly string[];
};

export type NodeShare = {
  /** In a split group, only those that the node can answer for. */
  readonly services: ReadonlyMap<ServiceKey, OwnedService>;
  /** As the wire takes them, in the order of the elections: those of the oldest Services first. */
  readonly addresses: readonly OwnedAddress[];
};

type ElectionShare = {
  readonly services: readonly OwnedService[];
  readonly addresses: readonly OwnedAddress[];
};

/** The share of `node` in a state. Keep the function: it remembers, and a share that did not change is the same object. */
export function nodeShares(node: string): (state: Pick<Layer2State, 'elections'>) => NodeShare {
  const ofElection = rememberByObject((election: GroupElection) => shareOf(election, node));
  const ofElections = rememberLast(joinShares);
  return ({ elections }) => {
    const shares: ElectionShare[] = [];
    for (const election of elections) if (election.owner?.node === node) shares.push(ofElection(election));
    return ofElections(shares);
  };
}

/** The addresses are what clients wait for. A table of thousands of Services takes longer, so it is made when it is first read. */
function joinShares(shares: readonly ElectionShare[]): NodeShare {
  const addresses: OwnedAddress[] = [];
  for (const share of shares) for (const one of share.addresses) addresses.push(one);
  const services = lazy(() => {
    const byKey = new Map<ServiceKey, OwnedService>();
    for (const share of shares) for (const one of share.services) byKey.set(one.service.key, one);
    return byKey;
  });
  return {
    get services() {
      return services();
    },
    addresses,
  };
}

/** For one state. */
export const nodeShare = (state: Layer2State, node: string): NodeShare => nodeShares(node)(state);

/** Services that share an address are in one group, so no other election has any of these addresses. */
function shareOf(election: GroupElection, node: string): ElectionShare {
  const owned = new Map<string, OwnedAddress>();
  const isProbed = election.recorded === null;
  const services = ownStandings(election, node).map(
    ({ one: { service, addresses }, standing: { wanted } }) => {
      const texts = addresses.map(formatAddress);
      for (const [index, address] of addresses.entries()) {
        const text = texts[index] ?? '';
        const known = owned.get(text)?.interfaces;
        const interfaces = known === undefined ? wanted : unionOf(known, wanted);
        owned.set(text, { address, interfaces, isProbed });
      }
      return { service, wanted, addresses: texts };
    },
  );
  return { services, addresses: [...owned.values()] };
}

/** Null allows all. */
const unionOf = (a: OwnedAddress['interfaces'], b: OwnedAddress['interfaces']): OwnedAddress['interfaces'] =>
  a === null || b === null ? null : [...new Set([...a, ...b])].sort(compareText);
