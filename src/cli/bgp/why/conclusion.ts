/** The service documents of the speakers' status APIs, and the conclusion from all of them. */

import { fieldsOf, listOf, type Raw, textOf } from '../../../base/json.ts';
import { plural } from '../../../base/text.ts';
import { givenReason, givenText } from '../speakers/given-reason.ts';
import { groupBy, listNames } from '../speakers/text.ts';

export type NodeAnnouncement = {
  readonly node: string;
  /** The decision of the node; whether a session is established does not matter. */
  readonly shouldAnnounce: boolean;
  readonly code: string;
  readonly reason: string;
  readonly fix: string | null;
  readonly peers: readonly PeerAnnouncement[];
};

export type PeerAnnouncement = {
  readonly name: string;
  readonly established: boolean;
  readonly problem: string | null;
  /** Why its BFD session is not up. */
  readonly bfdProblem: string | null;
  readonly advertised: readonly string[];
  /** Prefixes that are not advertised to it, each with the reason. */
  readonly withheld: readonly { readonly prefix: string; readonly reason: string }[];
};

export function readNodeAnnouncement(node: string, raw: Raw): NodeAnnouncement {
  return {
    node,
    shouldAnnounce: raw['announced'] === true,
    code: textOf(raw['code']),
    reason: givenReason(raw),
    fix: givenText(raw['change']),
    peers: listOf(raw['peers']).map(fieldsOf).map(readPeer),
  };
}

function readPeer(raw: Raw): PeerAnnouncement {
  const prefixes = listOf(raw['prefixes'])
    .map(fieldsOf)
    .map((one) => ({
      prefix: textOf(one['prefix']),
      status: textOf(one['status']),
      reason: givenReason(one),
    }));
  return {
    name: textOf(raw['name']),
    established: raw['established'] === true,
    problem: givenText(raw['trouble']),
    bfdProblem: givenText(raw['bfdTrouble']),
    advertised: prefixes.flatMap(({ prefix, status }) => (status === 'told' ? [prefix] : [])),
    withheld: prefixes.filter(({ status }) => status !== 'told'),
  };
}

/** At least one router has received it. */
export const isAdvertised = ({ peers }: NodeAnnouncement): boolean =>
  peers.some(({ advertised }) => advertised.length > 0);

export type WhyConclusion = {
  readonly announced: boolean;
  /** One sentence. */
  readonly conclusion: string;
  /** The fix; null if nothing has to be changed. */
  readonly change: string | null;
};

/** Codes in the order of the checks of a node: the node that passed most checks is nearest to advertising it. */
const DECISION_ORDER: readonly string[] = [
  ...['notReady', 'unknown', 'notLoadBalancer', 'otherClass', 'noIPAllocated', 'invalidIP', 'ipNotAllowed'],
  ...['notOwner', 'noMatchingAdvertisement', 'conflictingAdvertisements', 'nodeUnknown'],
  ...['nodeNetworkUnavailable', 'nodeLabeledExcludeBalancers', 'noLocalEndpoints', 'noEndpoints'],
  ...['noWeight', 'noPeer'],
];

export function concludeWhy(
  service: string,
  nodes: readonly NodeAnnouncement[],
  nodeCount: number,
): WhyConclusion {
  const advertising = nodes.filter(isAdvertised);
  if (advertising.length > 0) {
    const peers = new Set(
      advertising.flatMap((one) =>
        one.peers.filter(({ advertised }) => advertised.length > 0).map(({ name }) => name),
      ),
    );
    const announcers = `${advertising.length} of ${plural(nodeCount, 'node')} (${listNames(advertising.map(({ node }) => node))})`;
    const conclusion = `${service} is advertised by ${announcers}, to ${listNames([...peers])}`;
    return { announced: true, conclusion, change: null };
  }
  if (nodes.length === 0) {
    const conclusion = 'unknown, because no speaker answered';
    return { announced: false, conclusion, change: 'see above why' };
  }
  const announcing = nodes.filter(({ shouldAnnounce }) => shouldAnnounce);
  if (announcing.length > 0) return concludeNotAdvertised(service, announcing);
  const decisionStep = ({ code }: NodeAnnouncement): number => DECISION_ORDER.indexOf(code);
  const lastStep = Math.max(...nodes.map(decisionStep));
  const [largestGroup = []] = groupBy(
    nodes.filter((one) => decisionStep(one) === lastStep),
    ({ reason }) => reason,
  ).toSorted((a, b) => b.length - a.length);
  const [first] = largestGroup;
  return {
    announced: false,
    conclusion: `${nodes.length < nodeCount ? 'no node that answered' : 'no node'} advertises ${service}: ${first?.reason ?? 'no node gives a reason'}`,
    change: first?.fix ?? null,
  };
}

/** Nodes decided to advertise it, and no router receives it. */
function concludeNotAdvertised(service: string, announcing: readonly NodeAnnouncement[]): WhyConclusion {
  const nodes = listNames(announcing.map(({ node }) => node));
  const peers = announcing.flatMap((one) => one.peers);
  const withheld = peers.filter(({ established }) => established).flatMap((one) => one.withheld);
  const [first] = withheld;
  if (first !== undefined)
    return {
      announced: false,
      conclusion: `${nodes} should advertise ${service} and cannot: ${first.reason}`,
      change: 'berth bgp routes shows each prefix',
    };
  const problem = peers.find((one) => one.problem !== null)?.problem;
  return {
    announced: false,
    conclusion: `${nodes} should advertise ${service}, and no session is established${problem == null ? '' : `: ${problem}`}`,
    change: 'fix the session first: berth bgp peers shows what is wrong with it',
  };
}
