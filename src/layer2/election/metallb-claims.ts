/**
 * Addresses that MetalLB's speakers answer for, while both kinds run. MetalLB's elect apart: among their own nodes, for each Service
 * by itself, by its labels, its endpoints and a hash, whatever their interfaces. Berth's stand by for these addresses, and own all
 * others. So a node that MetalLB has left is served at once where no other node of MetalLB may answer.
 */
import { compareText } from '../../base/text.ts';
import { formatAddress } from '../../net/address.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { MetallbSpeaker } from '../membership/metallb-speaker.ts';
import type { AddressGroup } from './address-groups.ts';
import type { GroupElection } from './group-election.ts';
import { type Layer2State, layer2StateOf } from './layer2-state.ts';
import { firstInOrder } from './node-order.ts';
import type { OwnerRecord } from './record-index.ts';
import type { ElectionNode } from './standing.ts';
import { StandingTable } from './standing-table.ts';

export type MetallbView = {
  readonly speakers: readonly MetallbSpeaker[];
  readonly nodes: ReadonlyMap<string, ElectionNode['node']>;
  /** Of Berth's speakers: those of MetalLB with another class announce other Services. */
  readonly lbClass: string | null;
  /** ServiceL2Status objects; those of Berth do not matter. Read only where speakers of MetalLB run. */
  readonly records: () => Iterable<Pick<OwnerRecord, 'service' | 'pod'>>;
};

/** The state without the owners of addresses that MetalLB answers for; the same object where there are none. */
export function leaveToMetallb(state: Layer2State, view: MetallbView): Layer2State {
  const running = view.speakers.filter(({ phase, lbClass }) => phase !== 'gone' && lbClass === view.lbClass);
  if (running.length === 0) return state;
  const claimantOf = claimants(running, view);
  let isAnyClaimed = false;
  const elections = state.elections.map((election) => {
    const node = claimantOf(election.chain);
    if (node === null) return election;
    isAnyClaimed = true;
    return claimed(election, node);
  });
  return isAnyClaimed ? layer2StateOf({ ...state, elections }) : state;
}

/** MetalLB's speaker writes the record and the event of what it cannot answer for, too. */
const claimed = (election: GroupElection, node: string): GroupElection => ({
  ...election,
  ...{ owner: null, waiting: [], unreachable: [], metallb: node, withoutInterface: null },
});

/** The node of MetalLB that answers for Services that share addresses; null where none does. */
function claimants(
  running: readonly MetallbSpeaker[],
  { nodes, records }: MetallbView,
): (group: AddressGroup) => string | null {
  const byPod = new Map(running.map((one) => [one.pod, one]));
  const recorded = new Map<ServiceKey, string>();
  const working = new Set(running.filter(({ phase }) => phase === 'ready').map(({ node }) => node));
  for (const { service, pod } of records()) {
    const writer = pod === null ? undefined : byPod.get(pod);
    if (writer === undefined) continue;
    recorded.set(service, writer.node);
    // One that has begun to write answers for all that it leads, though its Pod is not ready yet.
    working.add(writer.node);
  }
  // MetalLB looks at no interface, and leaves no node its own addresses.
  const candidates = [...working].sort(compareText).map((name) => ({
    ...{ name, node: withoutAddresses(nodes.get(name) ?? null), interfaces: null },
  }));
  const table = new StandingTable(candidates, {
    ignoreExcludeLabel: running.some(({ ignoreExcludeLabel }) => ignoreExcludeLabel),
  });
  return (group) => {
    for (const { service } of group) {
      const node = recorded.get(service.key);
      if (node !== undefined) return node;
    }
    return leaderOf(group, table);
  };
}

/** By MetalLB's rule: the highest weight, then the hash. Services that share an address elect apart: the first leader counts. */
function leaderOf(group: AddressGroup, table: StandingTable): string | null {
  const standings = table.standingsOf(group);
  for (const [index, { addresses }] of group.entries()) {
    const able = standings.flatMap(({ node, standings: own }) => {
      const standing = own[index];
      return standing?.kind === 'eligible' ? [{ node, weight: standing.weight }] : [];
    });
    const highest = Math.max(...able.map(({ weight }) => weight));
    const preferred = able.filter(({ weight }) => weight === highest).map(({ node }) => node);
    const [first] = addresses;
    const leader = first === undefined ? null : firstInOrder(preferred, formatAddress(first));
    if (leader !== null) return leader;
  }
  return null;
}

function withoutAddresses(node: ElectionNode['node']): ElectionNode['node'] {
  if (node === null) return null;
  const { labels, isExcluded, isNetworkUnavailable } = node;
  return { labels, isExcluded, isNetworkUnavailable };
}
