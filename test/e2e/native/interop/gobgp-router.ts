/** GoBGP as a router. It keeps routes for itself: the kernel has none of them. */
import assert from 'node:assert/strict';
import type { LinkBandwidth } from '../../../../src/bgp/attributes/extended-community.ts';
import type { Family } from '../../../../src/net/address.ts';
import { eventuallySlow } from '../../../support/eventually.ts';
import { Gobgp } from '../../../support/netns/gobgp.ts';
import type { NetworkNamespace } from '../../../support/netns/network.ts';
import type { ReceivedRoute, ReceivedRoutes } from './received-routes.ts';
import type { InteropRouter } from './router.ts';
import { isInternal, type SessionSpec } from './session-spec.ts';

// biome-ignore lint/suspicious/noExplicitAny: attributes of a route, of which each type has a shape of its own
type Attribute = { readonly type: number } & Readonly<Record<string, any>>;

type Received = Readonly<Record<string, readonly { readonly attrs: readonly Attribute[] }[]>>;

/** Numbers of attributes (RFC 4271 5 and its successors). */
const [ORIGIN, AS_PATH, NEXT_HOP, MED, LOCAL_PREF, COMMUNITIES] = [1, 2, 3, 4, 5, 8];
const [MP_REACH, EXTENDED, LARGE] = [14, 16, 32];

type State = {
  readonly session_state?: number;
  readonly messages?: { readonly received?: { readonly update?: number } };
};

const ESTABLISHED = 6;

export class GobgpRouter implements InteropRouter {
  readonly #gobgp: Gobgp;
  #as = 0;
  #lanes: readonly SessionSpec[] = [];
  /** Neighbors that are taken away for the moment. */
  readonly #removed = new Set<string>();

  constructor(space: NetworkNamespace) {
    this.#gobgp = new Gobgp(space, 'gobgp');
  }

  start(lanes: readonly SessionSpec[]): void {
    this.#as = lanes[0]?.theirs.as ?? 0;
    this.#lanes = lanes;
    this.#write();
    this.#gobgp.start();
  }

  /** Without the neighbors that are different now, and then with them: a password is taken from a new neighbor only. */
  async reconfigure(lanes: readonly SessionSpec[]): Promise<void> {
    const before = new Map(this.#lanes.map((lane) => [lane.ours.address, lane]));
    const different = lanes.filter((lane) => before.get(lane.ours.address)?.password !== lane.password);
    this.#lanes = lanes;
    await this.#withNeighborsRemoved(different);
  }

  async isEstablished(lane: SessionSpec): Promise<boolean> {
    return (await this.#stateOf(lane)).session_state === ESTABLISHED;
  }

  async routes(lane: SessionSpec, family: Family): Promise<ReceivedRoutes> {
    const received = await this.#received(lane, family);
    return new Map(
      Object.entries(received).map(([prefix, [path]]) => [
        prefix,
        readAttributes(path?.attrs ?? [], isInternal(lane)),
      ]),
    );
  }

  async prefixes(lane: SessionSpec, family: Family): Promise<readonly string[]> {
    return Object.keys(await this.#received(lane, family));
  }

  async table(family: Family): Promise<readonly string[]> {
    return Object.keys(await this.#gobgp.json<object>(`global rib -a ipv${family}`));
  }

  /** Without the neighbor, and with it again: after a reset it rests for 30 seconds, whatever its file says. */
  reset(lane: SessionSpec): Promise<void> {
    return this.#withNeighborsRemoved([lane]);
  }

  /** It has a `softresetin`, which goes by what it has kept. */
  requestRouteRefresh(): Promise<void> {
    return Promise.reject(new Error('GoBGP does not ask for routes again'));
  }

  async updatesReceived(lane: SessionSpec): Promise<number> {
    return (await this.#stateOf(lane)).messages?.received?.update ?? 0;
  }

  signal(signal: NodeJS.Signals): void {
    this.#gobgp.signal(signal);
  }

  tail(): string {
    return this.#gobgp.tail();
  }

  async #stateOf({ ours }: SessionSpec): Promise<State> {
    return (await this.#gobgp.json<{ state: State }>(`neighbor ${ours.address}`)).state;
  }

  /** Takes neighbors away, and puts them back. */
  async #withNeighborsRemoved(lanes: readonly SessionSpec[]): Promise<void> {
    const removed = lanes.map(({ ours }) => ours.address);
    for (const address of removed) this.#removed.add(address);
    this.#reload();
    await eventuallySlow(async () => {
      const present = await this.#neighbors();
      assert.ok(!removed.some((address) => present.includes(address)));
    });
    for (const address of removed) this.#removed.delete(address);
    this.#reload();
  }

  #reload(): void {
    this.#write();
    this.#gobgp.reload();
  }

  #write(): void {
    const present = this.#lanes.filter(({ ours }) => !this.#removed.has(ours.address));
    this.#gobgp.write(configOf(this.#as, present));
  }

  async #neighbors(): Promise<readonly string[]> {
    const listed = await this.#gobgp.json<readonly { conf: { neighbor_address: string } }[]>('neighbor');
    return listed.map(({ conf }) => conf.neighbor_address);
  }

  #received({ ours }: SessionSpec, family: Family): Promise<Received> {
    return this.#gobgp.json<Received>(`neighbor ${ours.address} adj-in -a ipv${family}`);
  }
}

const configOf = (as: number, lanes: readonly SessionSpec[]): object => ({
  global: { config: { as, 'router-id': '10.9.0.1' } },
  neighbors: lanes.map((lane) => ({
    config: {
      'neighbor-address': lane.ours.address,
      'peer-as': lane.ours.as,
      'auth-password': lane.password ?? '',
    },
    timers: {
      config: {
        'connect-retry': 1,
        'hold-time': lane.holdSeconds,
        'keepalive-interval': Math.floor(lane.holdSeconds / 3),
      },
    },
    transport: { config: { 'local-address': lane.theirs.address, 'passive-mode': lane.dials === 'we' } },
    ...(lane.ttlSecurity ? { 'ttl-security': { config: { enabled: true, 'ttl-min': 255 } } } : {}),
    ...(lane.gracefulRestart
      ? { 'graceful-restart': { config: { enabled: true, 'restart-time': 120 } } }
      : {}),
    'afi-safis': lane.carries.map((family) => ({
      config: { 'afi-safi-name': `ipv${family}-unicast` },
      'mp-graceful-restart': { config: { enabled: lane.gracefulRestart } },
    })),
  })),
});

function readAttributes(attributes: readonly Attribute[], internal: boolean): ReceivedRoute {
  const of = (type: number | undefined): Attribute | undefined => attributes.find((one) => one.type === type);
  const origins = ['IGP', 'EGP', 'incomplete'] as const;
  return {
    nextHop: of(MP_REACH)?.['nexthop'] ?? of(NEXT_HOP)?.['nexthop'] ?? '',
    asPath: of(AS_PATH)?.['as_paths'].flatMap((segment: { asns: readonly number[] }) => segment.asns) ?? [],
    origin: origins[of(ORIGIN)?.['value']] ?? 'incomplete',
    communities: (of(COMMUNITIES)?.['communities'] ?? []).map(standard).sort(),
    large: (of(LARGE)?.['value'] ?? []).map(large).sort(),
    bandwidth: bandwidthOf(of(EXTENDED)?.['value'] ?? []),
    med: of(MED)?.['metric'] ?? null,
    localPref: internal ? (of(LOCAL_PREF)?.['value'] ?? null) : null,
  };
}

const standard = (value: number): string => `${value >>> 16}:${value & 0xffff}`;

const large = (one: {
  readonly ASN: number;
  readonly LocalData1: number;
  readonly LocalData2: number;
}): string => `${one.ASN}:${one.LocalData1}:${one.LocalData2}`;

/** It shows both forms in the same way. */
function bandwidthOf(communities: readonly Attribute[]): LinkBandwidth | null {
  const found = communities.find(({ subtype }) => subtype === 4);
  if (found === undefined) return null;
  return { asn: found['asn'], bytesPerSecond: found['bandwidth'], transitive: false };
}
