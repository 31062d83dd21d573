/**
 * Elects the owners of a chain: Services that share addresses, directly or through others.
 *
 * One node answers for the whole chain where one can. Only Services that some node can serve hold a chain together: one that
 * nobody can serve takes the others from no node that they prefer. Services of which the owner answers for no address are elected
 * by themselves, so that each address has one owner, and none that somebody can answer for is left silent.
 */
import { type AddressGroup, groupByAddress } from './address-groups.ts';
import {
  answeredFor,
  coveredBy,
  type ElectionInputs,
  electGroup,
  type GroupElection,
  type GroupReach,
  groupReach,
} from './group-election.ts';
import type { WantedService } from './layer2-service.ts';
import type { GroupStanding } from './standing.ts';

export type Chain = {
  readonly chain: AddressGroup;
  readonly standings: readonly GroupStanding[];
  /** Of the whole chain. */
  readonly reach: GroupReach;
};

/** One election for each part; each Service is in one of them. */
export function electChain(whole: Chain, inputs: ElectionInputs): readonly GroupElection[] {
  const { chain, standings, reach } = whole;
  if (chain.length === 1) return [electGroup({ group: chain, standings, reach }, inputs)];
  const served = servedOf(whole);
  const parts = groupByAddress(chain.filter((one) => served.has(one)));
  const idle = chain.filter((one) => !served.has(one));
  const elect = (part: AddressGroup): GroupElection => {
    const own = standingsOf(part, whole);
    return { ...electGroup({ group: part, standings: own, reach: groupReach(part, own) }, inputs), chain };
  };
  return [
    ...parts.flatMap((part) => electCovering(part, elect)),
    // Its addresses may belong to another part.
    ...idle.map((one) => ({ ...elect([one]), owner: null, waiting: [], unreachable: [] })),
  ];
}

/** Services that are left without any answer by the owner of the others have an owner of their own. */
function electCovering(
  group: AddressGroup,
  elect: (part: AddressGroup) => GroupElection,
): readonly GroupElection[] {
  const election = elect(group);
  const own = election.standings.find(({ node }) => node === election.owner?.node)?.standings;
  if (own === undefined || !election.isSplit) return [election];
  const covered = coveredBy(own, group);
  if (covered.length === group.length) return [election];
  const names = new Set(covered.map(({ service }) => service.key));
  const kept = {
    ...{ ...election, group: covered, standings: standingsOf(covered, { ...election, chain: group }) },
    unreachable: election.unreachable.filter((key) => names.has(key)),
  };
  const others = groupByAddress(group.filter((one) => !covered.includes(one)));
  return [kept, ...others.flatMap((part) => electCovering(part, elect))];
}

/** The Services of a chain that a node can answer for, alive or not: a node that dies leaves the others where they are. */
const servedOf = ({ chain, standings }: Chain): ReadonlySet<WantedService> =>
  new Set(
    chain.filter((one, index) =>
      standings.some(({ standings: own }) => answeredFor(own[index], one).length > 0),
    ),
  );

/** What the nodes may do for the Services of a part. */
function standingsOf(
  part: AddressGroup,
  { chain, standings }: Pick<Chain, 'chain' | 'standings'>,
): readonly GroupStanding[] {
  const places = part.map((one) => chain.indexOf(one));
  return standings.map(({ node, standings: own }) => ({
    node,
    standings: places.flatMap((place) => own[place] ?? []),
  }));
}
