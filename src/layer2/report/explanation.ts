/** Explains who answers for a Service by layer 2, and why nobody does: for conditions and for people. */

import { unreachable } from '../../base/invariant.ts';
import { lazy } from '../../base/lazy.ts';
import type { Family } from '../../net/address.ts';
import type { ServiceKey } from '../../objects/service.ts';
import { showSpeakerPods } from '../../objects/speaker-pods.ts';
import type { GroupElection } from '../election/group-election.ts';
import type { Layer2State } from '../election/layer2-state.ts';
import type { OwnerReason } from '../election/owner.ts';
import { formatLayer2Refusal, type Layer2NodeRefusal } from '../election/refusal.ts';
import type { NodeStanding } from '../election/standing.ts';
import { layer2Remedy } from './remedy.ts';

export type Layer2Verdict =
  /** A node answers. */
  | 'answered'
  /** A speaker of MetalLB answers, or is about to. */
  | 'metallb'
  /** It shares an address that is answered for by a node that does not suit this Service. */
  | 'unreachable'
  /** Nodes may answer, and none of them is alive. */
  | 'noneAlive'
  /** No node may answer, or nobody should. */
  | 'refused';

export type Layer2NodeExplanation = {
  readonly node: string;
  /** Ends `n1 …`: `answers`, `may answer`, `may not answer: …`. */
  readonly says: string;
  readonly isOwner: boolean;
};

export type Layer2Explanation = {
  readonly verdict: Layer2Verdict;
  /** The owner of the addresses, or the node of MetalLB's speaker; null where nobody answers. */
  readonly node: string | null;
  /** One sentence without a full stop. */
  readonly says: string;
  /** What to change; null where nothing has to be. */
  readonly fix: string | null;
  readonly nodes: readonly Layer2NodeExplanation[];
};

const BECAUSE: Readonly<Record<OwnerReason, string>> = {
  only: 'no other node can',
  preferred: 'preferredNodeSelectors prefer it',
  recorded: 'it answered before',
  handedOver: 'an administrator moves it there',
  order: 'the hash of node and address decides',
};

/** Null for a Service that is not known. */
export function explainLayer2(state: Layer2State, key: ServiceKey): Layer2Explanation | null {
  const refusal = state.refusals.get(key);
  if (refusal !== undefined) {
    const says = `nobody answers by layer 2: ${formatLayer2Refusal(refusal)}`;
    const fix = layer2Remedy(refusal, { service: key, node: 'the node' });
    return { verdict: 'refused', node: null, says, fix, nodes: [] };
  }
  const election = state.byService.get(key);
  return election === undefined ? null : explainElection(election, key);
}

function explainElection(election: GroupElection, key: ServiceKey): Layer2Explanation {
  const nodes = lazy(() => explainNodes(election, key));
  return {
    ...concludeElection(election, key),
    get nodes() {
      return nodes();
    },
  };
}

function concludeElection(election: GroupElection, key: ServiceKey): Omit<Layer2Explanation, 'nodes'> {
  const { owner, eligible, unreachable: left, metallb } = election;
  if (metallb !== null) {
    const says = `a speaker of MetalLB runs on ${metallb} and may answer, so Berth's stand by for the address`;
    const fix =
      "end MetalLB's speakers on the nodes that Berth's serve: docs/from-metallb.md says in which order";
    return { verdict: 'metallb', node: metallb, says, fix };
  }
  if (owner !== null) {
    const { node, reason } = owner;
    if (!left.includes(key)) {
      const says = `node ${node} answers by layer 2, since ${BECAUSE[reason]}`;
      return { verdict: 'answered', node, says, fix: null };
    }
    const says = `node ${node} answers for its address, which other Services share, and ${node} cannot serve this one`;
    const fix = 'let one node suit all Services of the address, or give this one an address of its own';
    return { verdict: 'unreachable', node, says, fix };
  }
  if (eligible.length > 0) {
    const says = `nobody answers by layer 2: no speaker runs on ${eligible.join(', ')}`;
    const fix = `see why the speakers of these nodes are not ready: ${showSpeakerPods(null)}`;
    return { verdict: 'noneAlive', node: null, says, fix };
  }
  return refusedByAll(election, key);
}

/** In the order of the checks: the node that passed most is nearest to answering. */
const CHECKS: readonly Layer2NodeRefusal['code'][] = [
  ...(['nodeUnknown', 'nodeNetworkUnavailable', 'nodeLabeledExcludeBalancers'] as const),
  ...(['nodeNotSelected', 'noLocalEndpoints', 'noInterface', 'addressOfNode'] as const),
];

function refusedByAll(
  { standings, group }: GroupElection,
  key: ServiceKey,
): Omit<Layer2Explanation, 'nodes'> {
  const index = group.findIndex(({ service }) => service.key === key);
  let nearest: { readonly node: string; readonly refusal: Layer2NodeRefusal } | null = null;
  for (const { node, standings: own } of standings) {
    const standing = own[index];
    if (standing?.kind !== 'refused') continue;
    const passed = CHECKS.indexOf(standing.refusal.code);
    if (nearest === null || passed > CHECKS.indexOf(nearest.refusal.code))
      nearest = { node, refusal: standing.refusal };
  }
  if (nearest === null) {
    const says = 'nobody answers by layer 2: no speaker does so on any node';
    const fix = 'give the speakers the right to packet sockets: kubectl apply -k deploy/layer2';
    return { verdict: 'refused', node: null, says, fix };
  }
  const { node, refusal } = nearest;
  const says = `nobody answers by layer 2: no node may. On ${node}, ${formatLayer2Refusal(refusal)}`;
  const fix = layer2Remedy(refusal, { service: key, node });
  return { verdict: 'refused', node: null, says, fix };
}

function explainNodes(
  { standings, group, owner, waiting }: GroupElection,
  key: ServiceKey,
): readonly Layer2NodeExplanation[] {
  const index = group.findIndex(({ service }) => service.key === key);
  return standings.map(({ node, standings: own }) => {
    const isOwner = owner?.node === node;
    const wait = waiting.includes(node) ? ', when it has run for --l2-failback-delay' : '';
    const families = new Set(group[index]?.addresses.map(({ family }) => family));
    return { node, isOwner, says: `${standingText(own[index], families, isOwner)}${wait}` };
  });
}

function standingText(
  standing: NodeStanding | undefined,
  families: ReadonlySet<Family>,
  isOwner: boolean,
): string {
  switch (standing?.kind) {
    case undefined:
      return 'is not known';
    case 'refused':
      return `may not answer: ${formatLayer2Refusal(standing.refusal)}`;
    case 'eligible': {
      const names = [...new Set([...families].flatMap((family) => standing.answering[family] ?? []))];
      const by = names.length === 0 ? '' : ` on ${names.join(', ')}`;
      const weight = standing.weight === 0 ? '' : ` (preferred with weight ${standing.weight})`;
      return `${isOwner ? 'answers' : 'may answer'}${by}${weight}`;
    }
    default:
      return unreachable(standing);
  }
}
