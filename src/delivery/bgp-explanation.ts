/** Explains which nodes advertise a Service to which peers, from the objects alone, and why none does. */

import { type AnnounceRefusal, formatAnnounceRefusal } from '../announce/decision/refusal.ts';
import { announceRemedy } from '../announce/decision/remedy.ts';
import { lazy } from '../base/lazy.ts';
import { compareText, quoteList } from '../base/text.ts';
import type { ServiceKey } from '../objects/service.ts';
import { showSpeakerPods } from '../objects/speaker-pods.ts';
import type { SpeakerAnnouncements } from './announcements.ts';
import { type BgpAnnouncements, type DecidedNodes, decidedNodes } from './bgp/bgp-announcements.ts';
import { peersOf } from './bgp/delivery-routes.ts';

export type BgpNodeExplanation = {
  readonly node: string;
  /** Ends `n1 …`: `advertises it to tor`, `does not advertise it: …`. */
  readonly says: string;
  readonly isAdvertising: boolean;
};

export type BgpExplanation = {
  readonly isAdvertised: boolean;
  /** One sentence without a full stop. */
  readonly says: string;
  /** What to change; null where nothing has to be. */
  readonly fix: string | null;
  /** The code of the deciding refusal, `noPeer`, `noTargetPeer` or `noSpeaker`; null where it is advertised. */
  readonly code: AnnounceRefusal['code'] | 'noPeer' | 'noTargetPeer' | 'noSpeaker' | null;
  readonly nodes: readonly BgpNodeExplanation[];
};

/** What nodes of one class answer. */
type NodesAnswer = Pick<DecidedNodes, 'nodes'> & {
  readonly code: BgpExplanation['code'];
  /** Ends `… does not advertise it: …`; '' where the nodes advertise it. */
  readonly reason: string;
  /** For one of the nodes. */
  readonly fixOn: (node: string) => string | null;
  readonly peers: readonly string[];
};

/** In the order of the checks: the node that passed most is nearest to advertising it. */
const CHECKS: readonly BgpExplanation['code'][] = [
  ...(['notLoadBalancer', 'otherClass', 'noIPAllocated', 'invalidIP', 'ipNotAllowed'] as const),
  ...(['notOwner', 'noMatchingAdvertisement', 'conflictingAdvertisements', 'nodeUnknown'] as const),
  ...(['nodeNetworkUnavailable', 'nodeLabeledExcludeBalancers', 'noLocalEndpoints', 'noEndpoints'] as const),
  ...(['noWeight', 'noPeer', 'noTargetPeer', null] as const),
];

export function explainBgp({ bgp }: SpeakerAnnouncements, service: ServiceKey): BgpExplanation {
  const answers = answersOf(bgp, service);
  const nodes = lazy(() => answers.flatMap(eachNode).sort((a, b) => compareText(a.node, b.node)));
  return {
    ...conclude(answers),
    get nodes() {
      return nodes();
    },
  };
}

function eachNode({ nodes, code, reason, peers }: NodesAnswer): readonly BgpNodeExplanation[] {
  const says = code === null ? `advertises it to ${peers.join(', ')}` : `does not advertise it: ${reason}`;
  return nodes.map((node) => ({ node, says, isAdvertising: code === null }));
}

function conclude(answers: readonly NodesAnswer[]): Omit<BgpExplanation, 'nodes'> {
  const advertising = answers.filter(({ code }) => code === null);
  if (advertising.length > 0) {
    const peers = [...new Set(advertising.flatMap((one) => one.peers))];
    const says = `${countNodes(advertising)} of ${countNodes(answers)} nodes advertise it by BGP, to ${peers.join(', ')}`;
    return { isAdvertised: true, says, fix: null, code: null };
  }
  const [nearest] = answers.toSorted((a, b) => CHECKS.indexOf(b.code) - CHECKS.indexOf(a.code));
  const node = nearest?.nodes[0];
  if (nearest === undefined || node === undefined) {
    const fix = `see why no speaker runs: ${showSpeakerPods(null)}`;
    return { isAdvertised: false, says: 'no speaker runs on any node', fix, code: 'noSpeaker' };
  }
  const { reason, fixOn, code } = nearest;
  const where = answers.every((one) => one.code === code) ? '' : ` on ${node},`;
  const says = `no node advertises it by BGP:${where} ${reason}`;
  return { isAdvertised: false, says, fix: fixOn(node), code };
}

const countNodes = (answers: readonly NodesAnswer[]): number =>
  answers.reduce((sum, { nodes }) => sum + nodes.length, 0);

/** In the order of their first nodes. */
function answersOf(bgp: BgpAnnouncements, service: ServiceKey): readonly NodesAnswer[] {
  const decided = decidedNodes(bgp, service);
  const answers =
    decided.length > 0
      ? decided.map((one) => answerOf(one, service))
      : bgp.classes.map(({ nodes }) => refusedBy(nodes, { code: 'notLoadBalancer', type: '' }, service));
  return answers.toSorted((a, b) => compareText(a.nodes[0] ?? '', b.nodes[0] ?? ''));
}

function refusedBy(nodes: readonly string[], refusal: AnnounceRefusal, service: ServiceKey): NodesAnswer {
  const fixOn = (node: string): string => announceRemedy(refusal, { service, node });
  return { nodes, code: refusal.code, reason: formatAnnounceRefusal(refusal), fixOn, peers: [] };
}

function answerOf({ announcing, decision, nodes }: DecidedNodes, service: ServiceKey): NodesAnswer {
  if (decision.kind === 'refused') return refusedBy(nodes, decision.refusal, service);
  const peers = peersOf(announcing, decision.contributions);
  if (peers.length > 0) return { nodes, code: null, reason: '', fixOn: () => null, peers };
  const active = [...announcing.nodeConfig.peers.active.keys()];
  if (active.length === 0) {
    const fixOn = (node: string): string =>
      `let spec.nodeSelectors of a BGPPeer match the labels of ${node}, or add a BGPPeer`;
    return { nodes, code: 'noPeer', reason: 'no valid BGPPeer selects this node', fixOn, peers };
  }
  const reason = `its advertisements or address family exclude all peers of this node (${quoteList(active)})`;
  const fixOn = (node: string): string =>
    `name a peer of ${node} in spec.peers of the BGPAdvertisement, or set spec.dualStackAddressFamily of a BGPPeer`;
  return { nodes, code: 'noTargetPeer', reason, fixOn, peers };
}
