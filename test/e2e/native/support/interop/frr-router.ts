/** FRR as a router. */

import type { LinkBandwidth } from '../../../../../src/bgp/attributes/extended-community.ts';
import type { Family } from '../../../../../src/net/address.ts';
import { Frr } from '../../../../support/netns/frr.ts';
import type { NetworkNamespace } from '../../../../support/netns/network.ts';
import type { ReceivedRoute, ReceivedRoutes } from './received-routes.ts';
import type { InteropRouter } from './router.ts';
import { BFD_INTERVAL, BFD_PROFILE, isInternal, type SessionSpec } from './session-spec.ts';

type Path = {
  readonly aspath: { readonly string: string };
  readonly origin: ReceivedRoute['origin'];
  readonly metric?: number;
  readonly locPrf?: number;
  readonly community?: { readonly string: string };
  readonly largeCommunity?: { readonly string: string };
  readonly extendedCommunity?: { readonly string: string };
  readonly nexthops: readonly { readonly ip: string; readonly scope?: string }[];
  readonly peer: { readonly peerId: string };
};

type Neighbor = {
  readonly bgpState?: string;
  readonly messageStats?: { readonly updatesRecv: number };
};

/** Prefixes in one call of vtysh. */
const PREFIXES_PER_COMMAND = 500;

export class FrrRouter implements InteropRouter {
  readonly frr: Frr;
  #as = 0;

  constructor(space: NetworkNamespace) {
    this.frr = new Frr(space);
  }

  /** `more` are lines for all of BGP. */
  start(sessions: readonly SessionSpec[], more: readonly string[] = []): void {
    this.#as = sessions[0]?.theirs.as ?? 0;
    const bfd = sessions.some((session) => session.bfd);
    this.frr.start(`${configOf(this.#as, sessions, more).join('\n')}\n`, bfd ? BFD_CONFIG : null);
  }

  async reconfigure(sessions: readonly SessionSpec[]): Promise<void> {
    const lines = sessions.map(({ ours, password }) =>
      password === null
        ? `no neighbor ${ours.address} password`
        : `neighbor ${ours.address} password ${password}`,
    );
    await this.frr.ask('configure terminal', `router bgp ${this.#as}`, ...lines);
  }

  async isEstablished(session: SessionSpec): Promise<boolean> {
    return (await this.#neighbor(session))?.bgpState === 'Established';
  }

  async updatesReceived(session: SessionSpec): Promise<number> {
    return (await this.#neighbor(session))?.messageStats?.updatesRecv ?? 0;
  }

  async #neighbor({ ours }: SessionSpec): Promise<Neighbor | undefined> {
    const command = `show bgp neighbors ${ours.address} json`;
    return (await this.frr.json<Readonly<Record<string, Neighbor>>>(command))[ours.address];
  }

  async routes(session: SessionSpec, family: Family): Promise<ReceivedRoutes> {
    const prefixes = await this.prefixes(session, family);
    const routes = new Map<string, ReceivedRoute>();
    for (let at = 0; at < prefixes.length; at += PREFIXES_PER_COMMAND) {
      const some = prefixes.slice(at, at + PREFIXES_PER_COMMAND);
      const text = await this.frr.ask(
        ...some.map((prefix) => `show bgp ipv${family} unicast ${prefix} json`),
      );
      for (const detail of documents<{ prefix: string; paths: readonly Path[] }>(text)) {
        const path = detail.paths.find(({ peer }) => peer.peerId === session.ours.address);
        if (path !== undefined) routes.set(detail.prefix, readPath(path, isInternal(session)));
      }
    }
    return routes;
  }

  async prefixes({ ours }: SessionSpec, family: Family): Promise<readonly string[]> {
    const { routes } = await this.frr.json<{ routes?: object }>(
      `show bgp ipv${family} unicast neighbors ${ours.address} routes json`,
    );
    return Object.keys(routes ?? {});
  }

  async table(family: Family): Promise<readonly string[]> {
    const { routes } = await this.frr.json<{ routes?: object }>(`show bgp ipv${family} unicast json`);
    return Object.keys(routes ?? {});
  }

  async reset({ ours }: SessionSpec): Promise<void> {
    await this.frr.ask(`clear bgp ${ours.address}`);
  }

  async requestRouteRefresh({ ours, family }: SessionSpec): Promise<void> {
    await this.frr.ask(`clear bgp ipv${family} unicast ${ours.address} soft in`);
  }

  signal(signal: NodeJS.Signals): void {
    this.frr.signal(signal);
  }

  tail(): string {
    return this.frr.tail();
  }
}

const BFD_CONFIG = [
  'bfd',
  ` profile ${BFD_PROFILE}`,
  `  receive-interval ${BFD_INTERVAL}`,
  `  transmit-interval ${BFD_INTERVAL}`,
  ' exit',
  'exit',
  '',
].join('\n');

const configOf = (
  as: number,
  sessions: readonly SessionSpec[],
  more: readonly string[],
): readonly string[] => [
  'hostname router',
  'log stdout',
  `router bgp ${as}`,
  ' bgp router-id 10.9.0.1',
  ' bgp log-neighbor-changes',
  ' no bgp ebgp-requires-policy',
  ' no bgp default ipv4-unicast',
  ...more,
  ...sessions.flatMap(neighborOf),
  ...([4, 6] as const).flatMap((family) => [
    ` address-family ipv${family} unicast`,
    ...sessions
      .filter((session) => session.carries.includes(family))
      .map(({ ours }) => `  neighbor ${ours.address} activate`),
    ' exit-address-family',
  ]),
];

function neighborOf(session: SessionSpec): readonly string[] {
  const { ours, theirs, holdSeconds } = session;
  const neighbor = ` neighbor ${ours.address}`;
  return [
    `${neighbor} remote-as ${ours.as}`,
    `${neighbor} update-source ${theirs.address}`,
    `${neighbor} timers ${Math.floor(holdSeconds / 3)} ${holdSeconds}`,
    `${neighbor} timers connect 1`,
    ...(session.dials === 'we' ? [`${neighbor} passive`] : []),
    ...(session.password === null ? [] : [`${neighbor} password ${session.password}`]),
    ...(session.ttlSecurity ? [`${neighbor} ttl-security hops 1`] : []),
    ...(session.extendedNextHop ? [`${neighbor} capability extended-nexthop`] : []),
    ...(session.multihop ? [`${neighbor} ebgp-multihop 8`] : []),
    ...(session.bfd ? [`${neighbor} bfd profile ${BFD_PROFILE}`] : []),
  ];
}

/** Concatenated JSON documents, as vtysh prints the output of several commands. */
const documents = <T>(text: string): readonly T[] =>
  text
    .split(/^(?=\{)/m)
    .filter((part) => part.trim() !== '')
    .map((part) => JSON.parse(part) as T);

const readPath = (path: Path, internal: boolean): ReceivedRoute => ({
  nextHop: path.nexthops.find(({ scope }) => scope !== 'link-local')?.ip ?? '',
  asPath: path.aspath.string === 'Local' ? [] : path.aspath.string.split(' ').filter(Boolean).map(Number),
  origin: path.origin,
  communities: words(path.community).map(numericCommunity).sort(),
  large: words(path.largeCommunity).sort(),
  bandwidth: bandwidthOf(path.extendedCommunity?.string ?? ''),
  med: path.metric ?? null,
  localPref: internal ? (path.locPrf ?? null) : null,
});

/** Of the well-known communities, those that the tests use. */
const numericCommunity = (community: string): string =>
  community === 'no-export' ? '65535:65281' : community;

const words = (list: { readonly string: string } | undefined): string[] =>
  list === undefined ? [] : list.string.split(' ');

/** `LB:65001:125000000 (1.000 Gbps)`; it does not show which of the two forms that is. */
function bandwidthOf(text: string): LinkBandwidth | null {
  const [, asn, bytes] = /^LB:(\d+):(\d+)/.exec(text) ?? [];
  return asn === undefined ? null : { asn: Number(asn), bytesPerSecond: Number(bytes), transitive: false };
}
