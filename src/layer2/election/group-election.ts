/**
 * Elects the owner of a group of Services: the one node that answers for all of their addresses.
 *
 * Eligible is who can answer for every address of every Service. Where no node can, those count that can answer for any:
 * then some Services are not reachable, and the result names them.
 */
import type { SpeakerFlags } from '../../announce/decision/should-announce.ts';
import { formatAddress } from '../../net/address.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { AliveNodes } from '../membership/alive.ts';
import type { AddressGroup } from './address-groups.ts';
import type { WantedService } from './layer2-service.ts';
import { firstInOrder } from './node-order.ts';
import { type Candidate, electOwner, type Owner } from './owner.ts';
import { type ElectionNode, type NodeStanding, nodeStanding } from './standing.ts';

/** What one node may do for each Service of the group, in the order of the group. */
export type GroupStanding = { readonly node: string; readonly standings: readonly NodeStanding[] };

export type GroupElection = {
  readonly group: AddressGroup;
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
};

export function electGroup(group: AddressGroup, context: ElectionContext): GroupElection {
  const { nodes, flags, alive, recorded: records, keepsOwner, returned } = context;
  const handOver = group.flatMap(({ service }) => context.handOver.get(service.key) ?? [])[0] ?? null;
  const standings = nodes.map((node) => ({
    node: node.name,
    standings: group.map((wanted) => nodeStanding(wanted, node, flags)),
  }));
  const total = group.reduce((sum, { addresses }) => sum + addresses.length, 0);
  const any = standings.map((one) => toCandidate(one, group)).filter(({ reach }) => reach > 0);
  const full = any.filter(({ reach }) => reach === total);
  const isSplit = full.length === 0 && any.length > 0;
  const eligible = isSplit ? any : full;
  const names = eligible.map(({ node }) => node);
  const recorded = recordedOwner(group, records, names);
  const living = alive.among(names, recorded);
  const address = anchorOf(group);
  const candidates = eligible.filter(({ node }) => living.has(node));
  const owner = electOwner({ address, candidates, recorded, handOver, keepsOwner, returned });
  const ownWeight = candidates.find(({ node }) => node === owner?.node)?.weight ?? 0;
  const waiting = candidates.filter(({ node, weight }) => returned.has(node) && weight > ownWeight);
  const failing = any.length > 0 ? [] : standings.filter(isInterfaceMissing).map(({ node }) => node);
  const failingAlive = alive.among(failing, recorded);
  return {
    ...{ group, standings, eligible: names, isSplit, recorded, owner },
    waiting: waiting.map(({ node }) => node),
    unreachable: owner === null ? [] : unreachableFrom(owner.node, group, standings),
    withoutInterface: firstInOrder(
      failing.filter((node) => failingAlive.has(node)),
      address,
    ),
  };
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
  return { node, weight, reach };
}

const reachOf = (standing: NodeStanding, wanted: WantedService | undefined): number =>
  standing.kind === 'refused' || wanted === undefined
    ? 0
    : wanted.addresses.filter((one) => standing.answering.get(formatAddress(one))?.length !== 0).length;

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
