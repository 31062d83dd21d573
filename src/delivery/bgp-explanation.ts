/** Explains which nodes advertise a Service to which peers, from the objects alone, and why none does. */
import { type AnnounceRefusal, formatAnnounceRefusal } from '../announce/decision/refusal.ts';
import { announceRemedy } from '../announce/decision/remedy.ts';
import type { SpeakerModelState } from '../announce/model/full-model.ts';
import { quoteList } from '../base/text.ts';
import type { ServiceKey } from '../objects/service.ts';
import type { SpeakerAnnouncements } from './announcements.ts';

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

type NodeAnswer = {
  readonly node: string;
  readonly code: BgpExplanation['code'];
  /** Ends `… does not advertise it: …`; '' where the node advertises it. */
  readonly reason: string;
  readonly fix: string | null;
  readonly peers: readonly string[];
};

/** In the order of the checks: the node that passed most is nearest to advertising it. */
const CHECKS: readonly BgpExplanation['code'][] = [
  ...(['notLoadBalancer', 'otherClass', 'noIPAllocated', 'invalidIP', 'ipNotAllowed'] as const),
  ...(['notOwner', 'noMatchingAdvertisement', 'conflictingAdvertisements', 'nodeUnknown'] as const),
  ...(['nodeNetworkUnavailable', 'nodeLabeledExcludeBalancers', 'noLocalEndpoints', 'noEndpoints'] as const),
  ...(['noWeight', 'noPeer', 'noTargetPeer', null] as const),
];

/** `routes` are the peers that each node advertises an address of the Service to. */
export function explainBgp(
  { bgp }: SpeakerAnnouncements,
  service: ServiceKey,
  routes: readonly { readonly node: string; readonly peer: string }[],
): BgpExplanation {
  const answers = [...bgp].map(([node, state]) => answerOf(node, state, service, routes));
  const nodes = answers.map(
    ({ node, code, reason, peers }): BgpNodeExplanation => ({
      node,
      isAdvertising: code === null,
      says: code === null ? `advertises it to ${peers.join(', ')}` : `does not advertise it: ${reason}`,
    }),
  );
  const advertising = answers.filter(({ code }) => code === null);
  if (advertising.length > 0) {
    const peers = [...new Set(advertising.flatMap((one) => one.peers))];
    const says = `${advertising.length} of ${answers.length} nodes advertise it by BGP, to ${peers.join(', ')}`;
    return { isAdvertised: true, says, fix: null, code: null, nodes };
  }
  const [nearest] = answers.toSorted((a, b) => CHECKS.indexOf(b.code) - CHECKS.indexOf(a.code));
  if (nearest === undefined) {
    const fix = 'see why no speaker runs: kubectl get pods -A -o wide -l app.kubernetes.io/component=speaker';
    return { isAdvertised: false, says: 'no speaker runs on any node', fix, code: 'noSpeaker', nodes };
  }
  const { node, reason, fix, code } = nearest;
  const where = answers.every((one) => one.code === code) ? '' : `, on ${node},`;
  return { isAdvertised: false, says: `no node advertises it by BGP:${where} ${reason}`, fix, code, nodes };
}

function answerOf(
  node: string,
  { decisions, sessions }: SpeakerModelState,
  service: ServiceKey,
  routes: readonly { readonly node: string; readonly peer: string }[],
): NodeAnswer {
  const decision = decisions.get(service);
  const refusal: AnnounceRefusal | null =
    decision === undefined
      ? { code: 'notLoadBalancer', type: '' }
      : decision.kind === 'refused'
        ? decision.refusal
        : null;
  if (refusal !== null) {
    const fix = announceRemedy(refusal, { service, node });
    return { node, code: refusal.code, reason: formatAnnounceRefusal(refusal), fix, peers: [] };
  }
  const peers = [...new Set(routes.filter((one) => one.node === node).map(({ peer }) => peer))];
  if (peers.length > 0) return { node, code: null, reason: '', fix: null, peers };
  if (sessions.length === 0) {
    const reason = 'no valid BGPPeer selects this node';
    const fix = `let spec.nodeSelectors of a BGPPeer match the labels of ${node}, or add a BGPPeer`;
    return { node, code: 'noPeer', reason, fix, peers };
  }
  const names = quoteList(sessions.map(({ peer }) => peer.name));
  const reason = `its advertisements or address family exclude all peers of this node (${names})`;
  const fix = `name a peer of ${node} in spec.peers of the BGPAdvertisement, or set spec.dualStackAddressFamily of a BGPPeer`;
  return { node, code: 'noTargetPeer', reason, fix, peers };
}
