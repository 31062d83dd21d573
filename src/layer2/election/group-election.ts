/**
 * Elects the owner of a group of Services: the one node that answers for all of their addresses.
 *
 * Eligible is who can answer for every address that any node can answer for. Where no node can, or none of these is alive, those
 * count that can answer for any: then some Services are not reachable, and the result names them.
 */
import type { SpeakerFlags } from '../../announce/decision/should-announce.ts';
import { type Address, formatAddress } from '../../net/address.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { AliveNodes } from '../membership/alive.ts';
import type { AddressGroup } from './address-groups.ts';
import type { WantedService } from './layer2-service.ts';
import { firstInOrder } from './node-order.ts';
import { type Candidate, electOwner, type Owner } from './owner.ts';
import type { ElectionNode, GroupStanding, NodeStanding } from './standing.ts';

export type GroupElection = {
  readonly group: AddressGroup;
  /** All Services that share addresses with those of the group, directly or through others: mostly the group itself. */
  readonly chain: AddressGroup;
  readonly standings: readonly GroupStanding[];
  /** May own the addresses, alive or not; in the order of `standings`. */
  readonly eligible: readonly string[];
  /** No node can answer for everything. */
  readonly isSplit: boolean;
  /** The node that answered last; null where none is recorded. */
  readonly recorded: string | null;
  readonly owner: Owner | null;
  /** Nodes that are preferred to the owner, and came back a short time ago: they take the addresses soon. */
  readonly waiting: readonly string[];
  /** Services of a split group that the owner does not answer for. */
  readonly unreachable: readonly ServiceKey[];
  /** The node that a speaker of MetalLB answers from, or is about to: then Berth's stand by, and none of them is the owner. */
  readonly metallb: string | null;
  /** Where nobody can answer: the node that would, if it had one of the interfaces; null where interfaces are not the cause. */
  readonly withoutInterface: string | null;
};

export type ElectionContext = {
  readonly nodes: readonly ElectionNode[];
  readonly flags: Pick<SpeakerFlags, 'ignoreExcludeLabel'>;
  readonly alive: AliveNodes;
  /** The node in the ServiceL2Status of each Service. */
  readonly recorded: Pick<ReadonlyMap<ServiceKey, string>, 'get'>;
  /** The node that each Service is handed over to. */
  readonly handOver: Pick<ReadonlyMap<ServiceKey, string>, 'get'>;
  /** See `OwnerElection`. */
  readonly keepsOwner: boolean;
  /** See `SpeakerPresence`. */
  readonly returned: ReadonlySet<string>;
  /** See `SpeakerPresence`. */
  readonly leaving: ReadonlySet<string>;
};

/** Who of some nodes may answer for a group. */
export type GroupReach = {
  readonly isSplit: boolean;
  /** In the order of the standings. */
  readonly eligible: readonly Candidate[];
  /** Their names. */
  readonly names: readonly string[];
  /** Where nobody may answer: nodes that lack one of the interfaces. */
  readonly withoutInterface: readonly string[];
};

export function groupReach(group: AddressGroup, standings: readonly GroupStanding[]): GroupReach {
  const total = group.reduce((sum, one, index) => sum + reachableCount(one, index, standings), 0);
  const any = partialCandidates(group, standings);
  const full = any.filter(({ reach }) => reach === total);
  const isSplit = full.length === 0 && any.length > 0;
  const eligible = isSplit ? any : full;
  return {
    ...{ isSplit, eligible, names: eligible.map(({ node }) => node) },
    withoutInterface: any.length > 0 ? [] : standings.filter(isInterfaceMissing).map(({ node }) => node),
  };
}

/** The nodes that can answer for any of the addresses. */
const partialCandidates = (group: AddressGroup, standings: readonly GroupStanding[]): readonly Candidate[] =>
  standings.map((one) => toCandidate(one, group)).filter(({ reach }) => reach > 0);

/** How many addresses of a Service any of the nodes can answer for: a Service that no node may serve holds up no other one. */
const reachableCount = (
  { addresses }: WantedService,
  index: number,
  standings: readonly GroupStanding[],
): number =>
  addresses.filter(({ family }) =>
    standings.some(({ standings: own }) => {
      const standing = own[index];
      return standing?.kind === 'eligible' && standing.answering[family]?.length !== 0;
    }),
  ).length;

/** `reach` is that of all nodes, alive or not. */
export type ElectedGroup = {
  readonly group: AddressGroup;
  readonly standings: readonly GroupStanding[];
  readonly reach: GroupReach;
};

export type ElectionInputs = Omit<ElectionContext, 'nodes' | 'flags'>;

export function electGroup(elected: ElectedGroup, context: ElectionInputs): GroupElection {
  const { group, standings, reach } = elected;
  const { alive, keepsOwner, returned, leaving, ...records } = context;
  const { isSplit, eligible, names } = livingReach(elected, context);
  const recorded = recordedOwner(group, records.recorded, names);
  const handOver = group.flatMap(({ service }) => records.handOver.get(service.key) ?? [])[0] ?? null;
  const living = alive.among(names, recorded);
  const address = anchorOf(group);
  const candidates =
    living.size === eligible.length && leaving.size === 0
      ? eligible
      : eligible.filter(({ node }) => living.has(node) && (node === recorded || !leaving.has(node)));
  const owner = electOwner({ address, candidates, recorded, handOver, keepsOwner, returned });
  const ownWeight = candidates.find(({ node }) => node === owner?.node)?.weight ?? 0;
  const waiting = candidates.filter(({ node, weight }) => returned.has(node) && weight > ownWeight);
  const failing = alive.among(reach.withoutInterface, recorded);
  return {
    // No spread in front: V8 would make a hidden class for each election.
    group,
    chain: group,
    standings,
    eligible: names,
    isSplit,
    recorded,
    owner,
    waiting: waiting.map(({ node }) => node),
    unreachable: owner === null ? [] : unreachableFrom(owner.node, group, standings),
    metallb: null,
    withoutInterface: firstInOrder([...failing], address),
  };
}

/**
 * The same nodes as long as one of them is alive that can serve all; otherwise, those that are alive and can serve any. What the
 * living can serve together does not count: else a node that dies would move what others answer for.
 */
function livingReach(
  { group, standings, reach }: ElectedGroup,
  { alive, recorded }: Pick<ElectionInputs, 'alive' | 'recorded'>,
): GroupReach {
  const isAnyAlive = (names: readonly string[]): boolean =>
    alive.among(names, recordedOwner(group, recorded, names)).size > 0;
  if (reach.isSplit || isAnyAlive(reach.names)) return reach;
  const eligible = partialCandidates(group, standings);
  const names = eligible.map(({ node }) => node);
  return isAnyAlive(names) ? { ...reach, isSplit: true, eligible, names } : reach;
}

/** MetalLB hashes the first address of a Service; of several Services, that of the oldest. */
function anchorOf([first]: AddressGroup): string {
  const address = first?.addresses[0];
  return address === undefined ? '' : formatAddress(address);
}

/** What the node can do for the whole group. */
export function toCandidate({ node, standings }: GroupStanding, group: AddressGroup): Candidate {
  let [weight, reach] = [0, 0];
  for (const [index, standing] of standings.entries()) {
    if (standing.kind === 'refused') continue;
    weight += standing.weight;
    reach += reachOf(standing, group[index]);
  }
  const covers = group.length === 1 ? Math.min(reach, 1) : coveredBy(standings, group).length;
  return { node, weight, reach, covers };
}

/** The Services that have an address which the node answers for, be it for another one of them. */
export function coveredBy(standings: readonly NodeStanding[], group: AddressGroup): AddressGroup {
  const answered = new Set(
    group.flatMap((one, index) => answeredFor(standings[index], one).map(formatAddress)),
  );
  return group.filter(({ addresses }) => addresses.some((one) => answered.has(formatAddress(one))));
}

/** The addresses of a Service that a node may answer for. */
export const answeredFor = (
  standing: NodeStanding | undefined,
  { addresses }: WantedService,
): readonly Address[] =>
  standing?.kind === 'eligible'
    ? addresses.filter(({ family }) => standing.answering[family]?.length !== 0)
    : [];

const reachOf = (standing: NodeStanding, wanted: WantedService | undefined): number =>
  wanted === undefined ? 0 : answeredFor(standing, wanted).length;

/** Services of one group may have other records, from before they shared: the first that can still own counts. */
function recordedOwner(
  group: AddressGroup,
  records: ElectionContext['recorded'],
  eligible: readonly string[],
): string | null {
  const known = group.flatMap(({ service }) => records.get(service.key) ?? []);
  return known.find((node) => eligible.includes(node)) ?? known[0] ?? null;
}

const isInterfaceMissing = ({ standings }: GroupStanding): boolean =>
  standings.some((one) => one.kind === 'refused' && one.refusal.code === 'noInterface');

function unreachableFrom(
  owner: string,
  group: AddressGroup,
  standings: readonly GroupStanding[],
): readonly ServiceKey[] {
  const own = standings.find(({ node }) => node === owner)?.standings ?? [];
  return group.flatMap(({ service, addresses }, index) => {
    const standing = own[index];
    const reach = standing === undefined ? 0 : reachOf(standing, group[index]);
    return reach < addresses.length ? [service.key] : [];
  });
}
