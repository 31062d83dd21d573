/** The network of one family: the BIRDs that run, the routers, and the sessions between them that are up. */
import { type Address, type Family, formatAddress } from '../net/address.ts';
import { type Prefix, prefixContains } from '../net/prefix.ts';
import type { ConfiguredSession, IncludedFiles } from './birdfiles.ts';
import { Containment } from './containment.ts';
import { type ExportPolicy, exported } from './exports.ts';
import { applyRules } from './filterrules.ts';
import { type Link, type LinkResult, type LiveNode, linkOf, type Neighbourhood } from './links.ts';
import type { Path } from './path.ts';
import { type Arrow, Network } from './propagation.ts';
import type { Router } from './routers.ts';

/** What Calico's BIRD gives its own routes inside an AS: 2^31−1 less the priority 1024. */
const OWN_LOCAL_PREF = 2_147_482_623;

export type NodeSession = {
  readonly live: LiveNode;
  readonly session: ConfiguredSession;
  readonly result: LinkResult;
  /** Of the arrow from the node. */
  readonly arrow: string;
};

export type BuiltNetwork = {
  readonly network: Network;
  readonly sessions: readonly NodeSession[];
};

export const nodeSpeaker = (name: string): string => `node ${name}`;
export const routerSpeaker = ({ name }: Router): string => `router ${name}`;

/** `silent` nodes announce nothing yet: they wait for peers that are down. */
export function buildNetwork(around: Neighbourhood, silent: ReadonlySet<string>): BuiltNetwork {
  const arrows: Arrow[] = [];
  const sessions: NodeSession[] = [];
  for (const live of around.live) {
    const policy = policyOf(live);
    for (const session of live.loaded.main.sessions) {
      const result = linkOf(live, session, around);
      const id = arrowId(live.node.name, formatAddress(session.peer));
      sessions.push({ live, session, result, arrow: id });
      if ('trouble' in result) continue;
      const isSilent = silent.has(live.node.name);
      arrows.push(fromNode(result.link, { ...policy, rules: session.exportRules }, isSilent, around.family));
      if (result.link.to === 'router') arrows.push(fromRouter(result.link.router, live, session));
    }
  }
  return { network: new Network(arrows), sessions };
}

const arrowId = (from: string, to: string): string => `${from} > ${to}`;

function policyOf({ loaded: { main, included } }: LiveNode): Omit<ExportPolicy, 'rules'> {
  return {
    taggings: main.taggings,
    pools: included.pools,
    blocks: included.blocks,
    serviceRoutes: serviceRoutesOf(included),
    passedOn: included.passedOn,
  };
}

/** Of what many nodes share, one for all of them. */
const containments = new WeakMap<readonly Prefix[], Containment>();

function containmentOf(prefixes: readonly Prefix[]): Containment {
  const known = containments.get(prefixes) ?? new Containment(prefixes);
  containments.set(prefixes, known);
  return known;
}

function serviceRoutesOf({ aggregated, hosts }: IncludedFiles): ExportPolicy['serviceRoutes'] {
  const parts = [aggregated, hosts.shared, hosts.own].filter(({ length }) => length > 0).map(containmentOf);
  return { has: (prefix) => parts.some((one) => one.has(prefix)) };
}

function fromNode(link: Link, policy: ExportPolicy, isSilent: boolean, family: Family): Arrow {
  const { live, session } = link;
  const own = live.node.addresses[family] as Address;
  const ebgp = session.localAS !== session.remoteAS;
  const peer = formatAddress(session.peer);
  const rank = [live.loaded.main.routerId, own.bits] as const;
  const id = arrowId(live.node.name, peer);
  return {
    id,
    inner: !ebgp && live.node.clusterId === '',
    from: nodeSpeaker(live.node.name),
    to: link.to === 'router' ? routerSpeaker(link.router) : nodeSpeaker(link.other.node.name),
    reverse:
      link.to === 'router'
        ? arrowId(peer, live.node.name)
        : arrowId(link.other.node.name, formatAddress(own)),
    addPaths: link.to === 'node' || link.router.addPaths,
    send(path) {
      if (isSilent || (path.source === 'bgp' && !path.external && !ebgp && !reflects(live, session, path)))
        return null;
      const sent = exported(path, policy, ebgp);
      if (sent === null) return null;
      const keeps =
        session.nextHop === 'keep' ||
        (session.nextHop === 'keep-ebgp' && ebgp) ||
        (!ebgp && session.nextHop !== 'self');
      const nextHop = keeps ? (path.nextHop ?? own) : own;
      const shared = { ...sent, nextHop, source: 'bgp', via: id, external: ebgp, rank } as const;
      if (ebgp) return { ...shared, asPath: [session.localAS, ...sent.asPath], localPref: null };
      return { ...shared, localPref: sent.localPref ?? OWN_LOCAL_PREF };
    },
    receive: (path) => (link.to === 'router' ? atRouter(link.router, path) : atNode(link.back, path)),
  };
}

/** A reflector passes on what it heard inside its AS: from clients to everybody, from others to clients. */
function reflects({ loaded, node }: LiveNode, session: ConfiguredSession, path: Path): boolean {
  if (node.clusterId === '') return false;
  const source = loaded.main.sessions.find(({ peer }) =>
    path.via.endsWith(`> ${node.name}`)
      ? path.via.startsWith(formatAddress(peer))
      : path.nextHop?.bits === peer.bits,
  );
  return session.reflects || (source?.reflects ?? false);
}

function atRouter(router: Router, path: Path): Path | null {
  return path.asPath.includes(router.as) ? null : path;
}

function atNode(
  { localAS, ownASAllowed, importRules, remoteAS }: ConfiguredSession,
  path: Path,
): Path | null {
  if (path.asPath.filter((as) => as === localAS).length > ownASAllowed) return null;
  const answer = applyRules(importRules, path, { ebgp: localAS !== remoteAS });
  return answer.verdict === 'reject' ? null : answer.verdict === 'accept' ? answer.path : path;
}

function fromRouter(router: Router, live: LiveNode, session: ConfiguredSession): Arrow {
  const own = session.peer;
  const address = formatAddress(own);
  const id = arrowId(address, live.node.name);
  const ebgp = router.as !== session.localAS;
  // Neighbours on one subnet are told of each other (RFC 4271, 5.1.3).
  const isNear = (hop: Address): boolean => live.node.subnets.some((subnet) => prefixContains(subnet, hop));
  return {
    id,
    inner: false,
    from: routerSpeaker(router),
    to: nodeSpeaker(live.node.name),
    reverse: arrowId(live.node.name, address),
    addPaths: router.addPaths,
    send(path) {
      if (!router.exports || (!ebgp && !path.external)) return null;
      const nextHop = path.nextHop !== null && isNear(path.nextHop) ? path.nextHop : own;
      const asPath = ebgp ? [router.as, ...path.asPath] : path.asPath;
      return {
        ...path,
        asPath,
        nextHop,
        via: id,
        external: ebgp,
        localPref: null,
        rank: [Number(router.addresses[4]?.bits ?? 0n), own.bits],
      };
    },
    receive: (path) => atNode(session, path),
  };
}
