/**
 * Who answers for which addresses of the whole cluster, from all objects at once. Each speaker computes it for itself, and
 * answers for what it owns. `IncrementalElections` computes the same, step by step.
 */
import type { ResolvedPools } from '../../announce/config/pools.ts';
import type { AnnouncementRecord } from '../../announce/decision/service-addresses.ts';
import type { SpeakerFlags } from '../../announce/decision/should-announce.ts';
import { type Address, sameAddress } from '../../net/address.ts';
import type { ServiceKey } from '../../objects/service.ts';
import { AddressTable } from '../packets/address-table.ts';
import { groupByAddress } from './address-groups.ts';
import { electChain } from './chain-election.ts';
import { type ElectionContext, type GroupElection, groupReach } from './group-election.ts';
import type { Layer2Config } from './layer2-config.ts';
import { decideLayer2Service, type Layer2Service, type WantedService } from './layer2-service.ts';
import { OldestFirst } from './oldest-first.ts';
import { ownAddresses, reserveOwnAddresses } from './own-addresses.ts';
import type { Layer2ServiceRefusal } from './refusal.ts';
import { type EligibleStanding, nodeStanding } from './standing.ts';
import { NO_USABLE_ENDPOINTS, type UsableEndpoints } from './usable-endpoints.ts';

export type Layer2Cluster = {
  readonly services: Iterable<Layer2Service>;
  readonly endpoints: Pick<ReadonlyMap<ServiceKey, UsableEndpoints>, 'get'>;
  readonly config: Layer2Config;
  readonly pools: Pick<ResolvedPools, 'byName' | 'byAddress'>;
  readonly flags: SpeakerFlags;
};

export type Layer2State = {
  /** In the order of the oldest Service of each. */
  readonly elections: readonly GroupElection[];
  /** The election of each Service that some node should answer for. */
  readonly byService: ReadonlyMap<ServiceKey, GroupElection>;
  /** Services that nobody should answer for. */
  readonly refusals: ReadonlyMap<ServiceKey, Layer2ServiceRefusal>;
  /** For the next call. */
  readonly records: ReadonlyMap<ServiceKey, AnnouncementRecord>;
};

/** `before` is null in a new process. */
export function computeLayer2State(
  { services, endpoints, config, pools, flags }: Layer2Cluster,
  election: Omit<ElectionContext, 'flags'>,
  before: Pick<Layer2State, 'records'> | null,
): Layer2State {
  const wanted: WantedService[] = [];
  const refusals = new Map<ServiceKey, Layer2ServiceRefusal>();
  for (const service of services) {
    const previous = before?.records.get(service.key) ?? null;
    const usable = endpoints.get(service.key) ?? NO_USABLE_ENDPOINTS;
    const decision = decideLayer2Service(service, usable, { config, pools, flags, previous });
    if (decision.ok) wanted.push(decision.value);
    else refusals.set(service.key, decision.error);
  }
  const own = ownAddresses(election.nodes);
  const elections = groupByAddress(wanted).flatMap((chain) => {
    const able = election.nodes.map((node) => ({
      node: node.name,
      standings: chain.map((one) => nodeStanding(subjectOf(one, node.name), node, flags)),
    }));
    const standings = reserveOwnAddresses(chain, able, own);
    return electChain({ chain, standings, reach: groupReach(chain, standings) }, election);
  });
  const sorted = new OldestFirst<GroupElection>(({ group }) => group);
  sorted.replaceAll(elections);
  const state = layer2StateOf({
    ...{ elections: sorted.all, refusals },
    records: new Map(wanted.map(({ service, record }) => [service.key, record])),
  });
  return config.isUnknown ? onlyRecorded(state) : state;
}

export const layer2StateOf = (state: Omit<Layer2State, 'byService'>): Layer2State => ({
  ...state,
  byService: new Map(
    state.elections.flatMap((election) =>
      election.group.map(({ service }) => [service.key, election] as const),
    ),
  ),
});

/** The elections that go as recorded; to the others, no L2Advertisement applies as far as is known. */
export function onlyRecorded({ elections, refusals, records }: Layer2State): Layer2State {
  const isRecorded = ({ owner, recorded }: GroupElection): boolean =>
    recorded !== null && owner?.node === recorded;
  const kept = layer2StateOf({ elections: elections.filter(isRecorded), refusals, records });
  const others = elections
    .flatMap(({ group }) => group)
    .filter(({ service }) => !kept.byService.has(service.key))
    .map(({ service, record }) => [service.key, refusalOf(record)] as const);
  return { ...kept, refusals: new Map([...refusals, ...others]) };
}

const refusalOf = ({ pool }: AnnouncementRecord): Layer2ServiceRefusal => ({
  code: 'noAdvertisement',
  pool: pool.name,
});

const subjectOf = ({ service, addresses, advertisements, endpoints }: WantedService, node: string) => ({
  ...{ families: addresses.map(({ family }) => family), advertisements },
  hasEndpoint: service.externalTrafficPolicy !== 'Local' || endpoints.nodes.has(node),
});

/** The election of each address: of several parts of a chain that have it, the one whose owner answers for it. */
export function electionsByAddress({
  elections,
}: Pick<Layer2State, 'elections'>): Pick<AddressTable<GroupElection>, 'get'> {
  const table = new AddressTable<GroupElection>();
  for (const election of elections)
    for (const { addresses } of election.group)
      for (const address of addresses)
        if (table.get(address) === undefined || answeringNode(election, address) !== null)
          table.set(address, election);
  return table;
}

/** The node that answers for an address of the group; null for none. In a split group, some have none. */
export function answeringNode(election: GroupElection, address: Address): string | null {
  if (election.owner === null) return null;
  const { node } = election.owner;
  const answered = ownStandings(election, node).flatMap(({ one: { addresses } }) => addresses);
  return answered.some((one) => sameAddress(one, address)) ? node : null;
}

/** The Services of a group that the node owns and can answer for; of another node's group none. */
export function ownStandings(
  { group, standings, owner }: GroupElection,
  node: string,
): readonly { readonly one: WantedService; readonly standing: EligibleStanding }[] {
  if (owner?.node !== node) return [];
  const own = standings.find((one) => one.node === node)?.standings ?? [];
  return group.flatMap((one, index) => {
    const standing = own[index];
    return standing?.kind === 'eligible' ? [{ one, standing }] : [];
  });
}
