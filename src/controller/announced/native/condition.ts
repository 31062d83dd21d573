/**
 * Evaluates the condition `berth.dev/Announced` of a Service that Berth's speakers announce: decides for each node what its
 * speaker does, and takes from the reports of the speakers whether a session is established.
 *
 * Status, reason and message depend on configuration and names alone. So a session that goes up or down does not rewrite
 * thousands of Services, unless it was the last one; nor do counts, nor a speaker that restarts. Only a node that is gone is no
 * longer named.
 */

import type { Peer } from '../../../announce/config/peers.ts';
import { type Endpoints, NO_ENDPOINTS } from '../../../announce/decision/endpoints.ts';
import { type AnnounceRefusal, formatAnnounceRefusal } from '../../../announce/decision/refusal.ts';
import { announceRemedy } from '../../../announce/decision/remedy.ts';
import type { AnnouncementRecord } from '../../../announce/decision/service-addresses.ts';
import {
  type AnnounceDecision,
  type Contribution,
  decideAnnouncement,
} from '../../../announce/decision/should-announce.ts';
import { carriesPrefix, isTargetPeer } from '../../../announce/routes/routes.ts';
import { compareText } from '../../../base/text.ts';
import { type Address, formatAddress, parseAddress, sameAddress } from '../../../net/address.ts';
import type { Service, ServiceKey } from '../../../objects/service.ts';
import { localEndpoints, type ServiceEndpoints } from './endpoint-nodes.ts';
import type { NodeClass } from './node-classes.ts';
import {
  compareByProgress,
  type NativeCondition,
  NODE_INDEPENDENT_REFUSALS,
  REASON_BY_REFUSAL,
} from './reasons.ts';
import type { SpeakerState } from './speaker-states.ts';

/** Of more nodes or peers than this only some are named. */
const NAMED_MAX = 8;
const NAMED_WHEN_MANY = 3;

export type NativeConditionContext = {
  readonly classes: readonly NodeClass[];
  readonly speakers: ReadonlyMap<string, SpeakerState>;
  /** The last announcement of each Service; kept up to date here. */
  readonly lastAnnounced: Map<ServiceKey, AnnouncementRecord>;
};

/** What the speakers of some nodes do with a Service. */
type NodeDecision = {
  readonly nodeClass: NodeClass;
  readonly nodes: readonly string[];
  readonly decision: AnnounceDecision;
  /** Peers with whom one of these nodes has a session. */
  readonly up: ReadonlySet<string>;
};

type PeerAdvertisement = { readonly from: NodeDecision; readonly peer: Peer };

/** Null for a Service that has nothing to announce. */
export function evaluateNativeCondition(
  service: Service,
  endpoints: ServiceEndpoints,
  context: NativeConditionContext,
): NativeCondition | null {
  const addresses = service.ingress.flatMap(({ ip }) => {
    const read = ip === null ? null : parseAddress(ip);
    return read?.ok === true ? [read.value] : [];
  });
  if (addresses.length === 0 || addresses.length < service.ingress.length) return null;
  const text = addresses.map(formatAddress).join(' and ');
  if (context.classes.length === 0)
    return falseCondition('NoSpeaker', `Nothing announces ${text}: every speaker has left its node.`);
  const decisionsByKey = new Map<string, AnnounceDecision>();
  const decisions = context.classes.flatMap((one) =>
    decideByNode(service, endpoints, one, { ...context, decisionsByKey }),
  );
  updateLastAnnounced(service.key, decisions, context);
  const byAddress = addresses.map((address) => ({ address, by: findPeerAdvertisements(address, decisions) }));
  const withoutPeer = byAddress.find(({ by }) => by.length === 0);
  if (withoutPeer !== undefined) return explainNoPeer(service, withoutPeer.address, decisions);
  const withoutSession = byAddress.find(({ by }) => !by.some(({ from, peer }) => from.up.has(peer.name)));
  if (withoutSession !== undefined) {
    return explainNoSession(formatAddress(withoutSession.address), withoutSession.by, context);
  }
  const present = (name: string): boolean => context.speakers.get(name)?.isGone !== true;
  const { peers, nodes } = describeRecipients(
    byAddress.flatMap(({ by }) => by),
    present,
  );
  return { status: 'True', reason: 'Announced', message: `Announced by BGP from ${nodes} to ${peers}.` };
}

const falseCondition = (reason: NativeCondition['reason'], message: string): NativeCondition => ({
  status: 'False',
  reason,
  message,
});

type ClassContext = NativeConditionContext & {
  /** Decisions without local endpoints, by the key of the class. */
  readonly decisionsByKey: Map<string, AnnounceDecision>;
};

/**
 * The decisions of a class of nodes. For a Service of policy Cluster there is one for all, unless weights count the endpoints
 * of each node. `decisionsByKey` is filled here.
 */
function decideByNode(
  service: Service,
  { hasUsable: hasAny, byNode }: ServiceEndpoints,
  nodeClass: NodeClass,
  { lastAnnounced, speakers, decisionsByKey }: ClassContext,
): readonly NodeDecision[] {
  const { flags, settings: nodeConfig, node } = nodeClass;
  const decide = (endpoints: Endpoints): AnnounceDecision =>
    decideAnnouncement(service, endpoints, { nodeConfig, flags, announcements: lastAnnounced, node });
  const withoutLocal = decisionsByKey.get(nodeClass.verdictKey) ?? decide({ ...NO_ENDPOINTS, hasAny });
  decisionsByKey.set(nodeClass.verdictKey, withoutLocal);
  if (service.externalTrafficPolicy !== 'Local' && !nodeClass.isWeighted)
    return [{ nodeClass, nodes: nodeClass.names, decision: withoutLocal, up: nodeClass.up }];
  const local = [...byNode].flatMap(([name, endpoints]) => {
    const usable = nodeClass.members.has(name) ? localEndpoints(endpoints) : null;
    return usable === null ? [] : [[name, usable] as const];
  });
  const decisions = local.map(
    ([name, endpoints]): NodeDecision => ({
      nodeClass,
      nodes: [name],
      decision: decide(endpoints),
      up: speakers.get(name)?.up ?? new Set(),
    }),
  );
  if (local.length === nodeClass.names.length) return decisions;
  const localNames = new Set(local.map(([name]) => name));
  const rest =
    withoutLocal.kind === 'refused'
      ? nodeClass.names
      : nodeClass.names.filter((name) => !localNames.has(name));
  return [...decisions, { nodeClass, nodes: rest, decision: withoutLocal, up: nodeClass.up }];
}

/** As speakers do: a Service that no node announces any more has no record. */
function updateLastAnnounced(
  key: ServiceKey,
  decisions: readonly NodeDecision[],
  { lastAnnounced }: NativeConditionContext,
): void {
  const found = decisions.flatMap(({ decision }) =>
    decision.kind === 'announced' ? [decision.record] : [],
  )[0];
  if (found === undefined) lastAnnounced.delete(key);
  else lastAnnounced.set(key, found);
}

const offersOf = ({ decision }: NodeDecision, address: Address): readonly Contribution[] =>
  decision.kind === 'announced'
    ? decision.contributions.filter((one) => sameAddress(one.address, address))
    : [];

function findPeerAdvertisements(
  address: Address,
  decisions: readonly NodeDecision[],
): readonly PeerAdvertisement[] {
  return decisions.flatMap((from) => {
    const offers = offersOf(from, address);
    return [...from.nodeClass.settings.peers.active.values()]
      .filter((peer) =>
        offers.some(
          ({ advertisement, prefix }) => isTargetPeer(peer, advertisement) && carriesPrefix(peer, prefix),
        ),
      )
      .map((peer) => ({ from, peer }));
  });
}

/** The message is the same whichever of several speakers runs, since they are restarted one by one. */
function explainNoSession(
  text: string,
  advertisements: readonly PeerAdvertisement[],
  { speakers }: NativeConditionContext,
): NativeCondition {
  const { peers, nodes } = describeRecipients(advertisements);
  const names = new Set(advertisements.flatMap(({ from }) => from.nodes));
  if ([...names].some((name) => speakers.get(name)?.isRunning)) {
    const problem = `No session is established that would carry ${text}: from ${nodes} to ${peers}`;
    return falseCondition(
      'SessionDown',
      `${problem}. The SpeakerStatus objects of these nodes say what is wrong.`,
    );
  }
  const [problem, cause] =
    names.size === 1
      ? [`the speaker on ${nodes} does not run`, 'its Pod is']
      : [`the speakers on ${nodes} do not run`, 'their Pods are'];
  return falseCondition(
    'NoSpeaker',
    `Nothing announces ${text}: ${problem}. To fix it: see why ${cause} missing or not ready.`,
  );
}

function explainNoPeer(
  service: Service,
  address: Address,
  decisions: readonly NodeDecision[],
): NativeCondition | null {
  const text = formatAddress(address);
  const withPeers = decisions.filter(({ nodeClass }) => nodeClass.settings.peers.active.size > 0);
  if (withPeers.length === 0) {
    const fix =
      'create one, or correct spec.nodeSelectors of an existing one; where no router speaks BGP, create an L2Advertisement for the pool';
    return falseCondition(
      'NoPeer',
      `No router learns ${text}: no BGPPeer selects a node that has a speaker. To fix it: ${fix}.`,
    );
  }
  const announcing = withPeers.filter((decision) => offersOf(decision, address).length > 0);
  if (announcing.length > 0) {
    const isTargeted = announcing.some((decision) =>
      [...decision.nodeClass.settings.peers.active.values()].some((peer) =>
        offersOf(decision, address).some(({ advertisement }) => isTargetPeer(peer, advertisement)),
      ),
    );
    const cause = isTargeted
      ? `no session carries IPv${address.family}; add a BGPPeer of that family, or set spec.dualStackAddressFamily of one`
      : 'spec.peers of its BGPAdvertisements name no BGPPeer of the nodes that announce it';
    return falseCondition('NoPeer', `No router learns ${text}: ${cause}.`);
  }
  const refusals = withPeers.flatMap(({ decision, nodes }) =>
    decision.kind === 'refused' ? [{ refusal: decision.refusal, node: nodes[0] ?? '' }] : [],
  );
  const [first] = refusals.sort(
    (a, b) => compareByProgress(a.refusal, b.refusal) || compareText(a.node, b.node),
  );
  return first === undefined ? null : refusedCondition(service, text, first);
}

function refusedCondition(
  { key: service }: Service,
  text: string,
  { refusal, node }: { readonly refusal: AnnounceRefusal; readonly node: string },
): NativeCondition | null {
  const reason = REASON_BY_REFUSAL[refusal.code];
  if (reason === null) return null;
  const where = NODE_INDEPENDENT_REFUSALS.has(refusal.code) ? '' : `on ${node}, `;
  const fix = announceRemedy(refusal, { service, node });
  return falseCondition(
    reason,
    `No node announces ${text}: ${where}${formatAnnounceRefusal(refusal)}. To fix it: ${fix}.`,
  );
}

/** `isNamed` says of a node whether it is mentioned. */
function describeRecipients(
  advertisements: readonly PeerAdvertisement[],
  isNamed: (node: string) => boolean = () => true,
): { readonly peers: string; readonly nodes: string } {
  const peers = new Map(advertisements.map(({ peer }) => [peer.name, peer]));
  const lists = new Set(advertisements.map(({ from }) => from.nodes));
  return {
    nodes: joinNames([...lists].map((list) => firstNamed(list, isNamed))),
    peers: joinNames([[...peers.keys()].sort(compareText)], (name) => {
      const peer = peers.get(name);
      return peer === undefined ? name : `${name} (${formatAddress(peer.address)})`;
    }),
  };
}

/** As many as `joinNames` needs. */
function firstNamed(names: readonly string[], isNamed: (name: string) => boolean): readonly string[] {
  const first: string[] = [];
  for (const name of names) {
    if (first.length > NAMED_MAX) break;
    if (isNamed(name)) first.push(name);
  }
  return first;
}

/** Each of `lists` is sorted, and no two have a name in common. */
function joinNames(
  lists: readonly (readonly string[])[],
  format: (name: string) => string = (name) => name,
): string {
  const first = lists.flatMap((list) => list.slice(0, NAMED_MAX + 1)).sort(compareText);
  if (first.length <= NAMED_MAX) return first.map(format).join(', ');
  return `${first.slice(0, NAMED_WHEN_MANY).map(format).join(', ')} and others`;
}
