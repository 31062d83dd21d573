/** Explains the announcement of one address: which node announces it, which router learns it, and why not. */
import { type Address, formatAddress } from '../../net/address.ts';
import { formatPrefix, type Prefix, samePrefix } from '../../net/prefix.ts';
import { routerFamily } from '../cluster/converged-cluster.ts';
import type { EvaluatedSession } from '../cluster/session-graph.ts';
import type { Finding } from '../findings/finding.ts';
import type { ClusterSnapshot } from '../findings/snapshot.ts';
import { coversPrefix, hostPrefix } from '../objects/prefixes.ts';
import { type AnnouncedVerdict, announcedVerdicts } from './announced-verdicts.ts';

export type AnnouncementExplanation = {
  readonly address: string;
  /** Null for an address that no Service has. */
  readonly verdict: AnnouncedVerdict | null;
  readonly routers: readonly {
    readonly router: string;
    /** Null where it learns no route to the address. */
    readonly prefix: string | null;
    /** Nodes that it sends traffic to. */
    readonly from: readonly string[];
  }[];
  readonly nodes: readonly NodeExplanation[];
  /** Errors and warnings that name the address. */
  readonly findings: readonly (Pick<Finding, 'code' | 'severity'> & {
    readonly says: string;
    readonly todo: string;
  })[];
};

export type NodeExplanation = {
  readonly node: string;
  /** The announced prefix that contains the address; null for none. */
  readonly prefix: string | null;
  /** Routers that learn it from this node. */
  readonly to: readonly string[];
  /** Why the node does not announce it, or why a router does not learn it from there. */
  readonly because: string;
};

export function explainAnnouncement(
  snapshot: ClusterSnapshot,
  findings: readonly Finding[],
  address: Address,
): AnnouncementExplanation {
  const { converged, assigned } = snapshot;
  const addressText = formatAddress(address);
  const holder = assigned.find((one) => one.text === addressText)?.services[0];
  const verdicts = announcedVerdicts(snapshot, findings);
  const routers = converged.routers
    .filter((one) => routerFamily(one) === address.family)
    .map((router) => {
      const route = converged.longestMatch(router, address);
      return {
        router: router.name,
        prefix: route === null ? null : formatPrefix(route.prefix),
        from: route === null ? [] : [...route.senders].sort(),
      };
    });
  return {
    address: addressText,
    verdict: holder === undefined ? null : (verdicts.get(holder.key) ?? null),
    routers,
    nodes: converged.nodeStates.map(({ node }) => explainNode(snapshot, node.name, address, routers)),
    findings: findings
      .filter(({ severity, addresses }) => severity !== 'hint' && addresses.includes(addressText))
      .map(({ code, severity, problem, remedy }) => ({ code, severity, says: problem, todo: remedy })),
  };
}

function explainNode(
  { converged }: ClusterSnapshot,
  name: string,
  address: Address,
  routers: AnnouncementExplanation['routers'],
): NodeExplanation {
  const state = converged.nodeStates.find(({ node }) => node.name === name);
  const to = routers.filter(({ from }) => from.includes(name)).map(({ router }) => router);
  const explanation = (prefix: Prefix | null, because: string): NodeExplanation => ({
    node: name,
    prefix: prefix === null ? null : formatPrefix(prefix),
    to,
    because,
  });
  const bird = state?.birds[address.family];
  if (state === undefined || bird === undefined) return explanation(null, 'it is not known');
  const { node } = state;
  if (node.addresses[address.family] === null)
    return explanation(null, `it has no IPv${address.family} address for BGP`);
  if (bird.loaded === null) {
    const [error] = [...bird.mainErrors, ...bird.includedErrors];
    return explanation(null, `BIRD does not run there${error === undefined ? '' : `: ${error}`}`);
  }
  const { included } = bird.loaded;
  const hostRoute = hostPrefix(address);
  const announcedHost = [...included.hostPrefixes.shared, ...included.hostPrefixes.own].find((one) =>
    samePrefix(one, hostRoute),
  );
  const range = included.aggregated.find((one) => coversPrefix(one, hostRoute));
  const prefix = announcedHost ?? range ?? null;
  if (prefix === null) {
    if (node.isExcluded) return explanation(null, 'it is excluded from announcing by its label');
    const isListed = converged.ranges.allowsLoadBalancer(address);
    return explanation(
      null,
      isListed ? 'it has no endpoint that counts' : 'the address is in no range that Calico announces',
    );
  }
  return explanation(
    prefix,
    explainUnlearned(converged.sessions, { name, family: address.family, to }, routers),
  );
}

/** The routers that do not learn it from the node, with the reason as far as sessions show it; '' where all do. */
function explainUnlearned(
  sessions: readonly EvaluatedSession[],
  { name, family, to }: { readonly name: string; readonly family: 4 | 6; readonly to: readonly string[] },
  routers: AnnouncementExplanation['routers'],
): string {
  const reasons = routers.flatMap(({ router, from }) => {
    if (to.includes(router)) return [];
    const own = sessions.filter(
      ({ live, session: one }) =>
        live.node.name === name && one.family === family && formatAddress(one.peer) === router,
    );
    // Of several sessions with one router, one is established at most.
    const session = own.find(({ outcome }) => 'link' in outcome) ?? own[0];
    if (session === undefined) return [`no session with ${router}`];
    if ('trouble' in session.outcome)
      return [`the session with ${router} is down (${session.outcome.trouble})`];
    return [from.length > 0 ? `${router} has a better route` : `a filter keeps it from ${router}`];
  });
  return reasons.join('; ');
}
