/** The way of one address from the nodes to the routers, node by node, and what stands in it. */
import { type Address, formatAddress } from '../net/address.ts';
import { formatPrefix, type Prefix, samePrefix } from '../net/prefix.ts';
import type { Finding } from './findings/finding.ts';
import type { World } from './findings/world.ts';
import type { NodeSession } from './network.ts';
import { covers, hostPrefix } from './objects/prefixes.ts';
import { familyOf } from './picture.ts';
import { type AnnouncedVerdict, announcedVerdicts } from './verdicts.ts';

export type AnnouncementExplanation = {
  readonly address: string;
  /** Null for an address that no Service holds. */
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
  readonly findings: readonly Pick<Finding, 'code' | 'severity' | 'says' | 'todo'>[];
};

export type NodeExplanation = {
  readonly node: string;
  /** What it announces that the address is, or lies in; null for nothing. */
  readonly prefix: string | null;
  /** Routers that learn it from this node. */
  readonly to: readonly string[];
  /** Why it does not announce, or who does not learn it from there. */
  readonly because: string;
};

export function explainAnnouncement(
  world: World,
  findings: readonly Finding[],
  address: Address,
): AnnouncementExplanation {
  const { picture, held } = world;
  const text = formatAddress(address);
  const holder = held.find((one) => one.text === text)?.services[0];
  const verdicts = announcedVerdicts(world, findings);
  const routers = picture.routers
    .filter((one) => familyOf(one) === address.family)
    .map((router) => {
      const route = picture.routeTo(router, address);
      return {
        router: router.name,
        prefix: route === null ? null : formatPrefix(route.prefix),
        from: route === null ? [] : [...route.from].sort(),
      };
    });
  return {
    address: text,
    verdict: holder === undefined ? null : (verdicts.get(holder.key) ?? null),
    routers,
    nodes: picture.states.map(({ node }) => explainNode(world, node.name, address, routers)),
    findings: findings
      .filter(({ severity, addresses }) => severity !== 'hint' && addresses.includes(text))
      .map(({ code, severity, says, todo }) => ({ code, severity, says, todo })),
  };
}

function explainNode(
  { picture }: World,
  name: string,
  address: Address,
  routers: AnnouncementExplanation['routers'],
): NodeExplanation {
  const state = picture.states.find(({ node }) => node.name === name);
  const to = routers.filter(({ from }) => from.includes(name)).map(({ router }) => router);
  const say = (prefix: Prefix | null, because: string): NodeExplanation => ({
    node: name,
    prefix: prefix === null ? null : formatPrefix(prefix),
    to,
    because,
  });
  const daemon = state?.daemons[address.family];
  if (state === undefined || daemon === undefined) return say(null, 'it is not known');
  const { node } = state;
  if (node.addresses[address.family] === null)
    return say(null, `it has no IPv${address.family} address for BGP`);
  if (daemon.loaded === null) {
    const [fault] = [...daemon.mainFaults, ...daemon.includedFaults];
    return say(null, `BIRD does not run there${fault === undefined ? '' : `: ${fault}`}`);
  }
  const { included } = daemon.loaded;
  const own = hostPrefix(address);
  const host = [...included.hosts.shared, ...included.hosts.own].find((one) => samePrefix(one, own));
  const range = included.aggregated.find((one) => covers(one, own));
  const prefix = host ?? range ?? null;
  if (prefix === null) {
    if (node.excluded) return say(null, 'it is excluded from announcing by its label');
    const isListed = picture.ranges.allowsLoadBalancer(address);
    return say(
      null,
      isListed ? 'it has no endpoint that counts' : 'the address is in no range that Calico announces',
    );
  }
  return say(prefix, unheard(picture.sessions, name, address.family, routers, to));
}

/** Which routers do not learn it from here, and why as far as sessions tell; '' where all do. */
function unheard(
  sessions: readonly NodeSession[],
  name: string,
  family: 4 | 6,
  routers: AnnouncementExplanation['routers'],
  to: readonly string[],
): string {
  const reasons = routers.flatMap(({ router, from }) => {
    if (to.includes(router)) return [];
    const session = sessions.find(
      (one) =>
        one.live.node.name === name &&
        one.session.family === family &&
        formatAddress(one.session.peer) === router,
    );
    if (session === undefined) return [`no session with ${router}`];
    if ('trouble' in session.result)
      return [`the session with ${router} is down (${session.result.trouble})`];
    return [from.length > 0 ? `${router} has a better route` : `a filter keeps it from ${router}`];
  });
  return reasons.join('; ');
}
