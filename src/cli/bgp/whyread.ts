/** What the speakers say of one Service, and what follows from all of it. */

import { plural } from '../../base/text.ts';
import { fieldsOf, listOf, type Raw, textOf, textOrNull } from '../../cluster/fields.ts';
import { grouped, someOf } from './asktext.ts';

export type NodeAnnouncing = {
  readonly node: string;
  /** It is meant to; whether a session stands is another matter. */
  readonly announced: boolean;
  readonly code: string;
  readonly says: string;
  readonly change: string | null;
  readonly peers: readonly PeerAnnouncing[];
};

export type PeerAnnouncing = {
  readonly name: string;
  readonly established: boolean;
  readonly trouble: string | null;
  readonly told: readonly string[];
  /** Prefixes that it is not told, each with the reason. */
  readonly kept: readonly { readonly prefix: string; readonly says: string }[];
};

export function readAnnouncing(node: string, raw: Raw): NodeAnnouncing {
  return {
    node,
    announced: raw['announced'] === true,
    code: textOf(raw['code']),
    says: textOf(raw['says']),
    change: textOrNull(raw['change']),
    peers: listOf(raw['peers']).map(fieldsOf).map(readPeer),
  };
}

function readPeer(raw: Raw): PeerAnnouncing {
  const prefixes = listOf(raw['prefixes'])
    .map(fieldsOf)
    .map((one) => ({
      prefix: textOf(one['prefix']),
      status: textOf(one['status']),
      says: textOf(one['says']),
    }));
  return {
    name: textOf(raw['name']),
    established: raw['established'] === true,
    trouble: textOrNull(raw['trouble']),
    told: prefixes.flatMap(({ prefix, status }) => (status === 'told' ? [prefix] : [])),
    kept: prefixes.filter(({ status }) => status !== 'told'),
  };
}

/** Some router has really been told. */
export const isHeard = ({ peers }: NodeAnnouncing): boolean => peers.some(({ told }) => told.length > 0);

export type Conclusion = {
  readonly announced: boolean;
  /** One sentence. */
  readonly conclusion: string;
  /** What to change; null where nothing has to be. */
  readonly change: string | null;
};

/** In the order in which a node asks: who came farthest is nearest to announcing it. */
const ORDER: readonly string[] = [
  ...['notReady', 'unknown', 'notLoadBalancer', 'otherClass', 'noIPAllocated', 'invalidIP', 'ipNotAllowed'],
  ...['notOwner', 'noMatchingAdvertisement', 'conflictingAdvertisements', 'nodeUnknown'],
  ...['nodeNetworkUnavailable', 'nodeLabeledExcludeBalancers', 'noLocalEndpoints', 'noEndpoints'],
  ...['noWeight', 'noPeer'],
];

export function concludeWhy(service: string, nodes: readonly NodeAnnouncing[], asked: number): Conclusion {
  const heard = nodes.filter(isHeard);
  if (heard.length > 0) {
    const peers = new Set(
      heard.flatMap((one) => one.peers.filter(({ told }) => told.length > 0).map(({ name }) => name)),
    );
    const by = `${heard.length} of ${plural(asked, 'node')} (${someOf(heard.map(({ node }) => node))})`;
    const conclusion = `${service} is announced by ${by}, to ${someOf([...peers])}`;
    return { announced: true, conclusion, change: null };
  }
  if (nodes.length === 0) {
    const conclusion = 'no speaker answered: nobody knows';
    return { announced: false, conclusion, change: 'see above why not' };
  }
  const meant = nodes.filter(({ announced }) => announced);
  if (meant.length > 0) return untold(service, meant);
  const distance = ({ code }: NodeAnnouncing): number => ORDER.indexOf(code);
  const farthest = Math.max(...nodes.map(distance));
  const [reason = []] = grouped(
    nodes.filter((one) => distance(one) === farthest),
    ({ says }) => says,
  ).toSorted((a, b) => b.length - a.length);
  const [first] = reason;
  return {
    announced: false,
    conclusion: `nothing announces ${service}: ${first?.says ?? ''}`,
    change: first?.change ?? null,
  };
}

/** Nodes would, and no router hears. */
function untold(service: string, meant: readonly NodeAnnouncing[]): Conclusion {
  const nodes = someOf(meant.map(({ node }) => node));
  const peers = meant.flatMap((one) => one.peers);
  const kept = peers.filter(({ established }) => established).flatMap((one) => one.kept);
  const [first] = kept;
  if (first !== undefined)
    return {
      announced: false,
      conclusion: `${nodes} would announce ${service}, and cannot: ${first.says}`,
      change: 'berth bgp routes shows it prefix by prefix',
    };
  const trouble = peers.find((one) => one.trouble !== null)?.trouble;
  return {
    announced: false,
    conclusion: `${nodes} would announce ${service}, and no session stands${trouble == null ? '' : `: ${trouble}`}`,
    change: 'mend the session first: berth bgp peers says what is wrong with it',
  };
}
