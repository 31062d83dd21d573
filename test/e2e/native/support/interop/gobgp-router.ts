/** GoBGP as a router. It installs no routes into the kernel. */
import assert from 'node:assert/strict';
import type { LinkBandwidth } from '../../../../../src/bgp/attributes/extended-community.ts';
import type { Family } from '../../../../../src/net/address.ts';
import { eventuallySlow } from '../../../../support/eventually.ts';
import { Gobgp } from '../../../../support/netns/gobgp.ts';
import type { NetworkNamespace } from '../../../../support/netns/network.ts';
import type { ReceivedRoute, ReceivedRoutes } from './received-routes.ts';
import type { InteropRouter } from './router.ts';
import { isInternal, type SessionSpec } from './session-spec.ts';

// biome-ignore lint/suspicious/noExplicitAny: attributes of a route, with a shape for each type
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
  #sessions: readonly SessionSpec[] = [];
  /** Neighbors that are removed for the moment. */
  readonly #removed = new Set<string>();

  constructor(space: NetworkNamespace) {
    this.#gobgp = new Gobgp(space, 'gobgp');
  }

  start(sessions: readonly SessionSpec[]): void {
    this.#as = sessions[0]?.theirs.as ?? 0;
    this.#sessions = sessions;
    this.#write();
    this.#gobgp.start();
  }

  /** Removes the changed neighbors, then adds them again: GoBGP reads a password for a new neighbor only. */
  async reconfigure(sessions: readonly SessionSpec[]): Promise<void> {
    const before = new Map(this.#sessions.map((session) => [session.ours.address, session]));
    const different = sessions.filter(
      (session) => before.get(session.ours.address)?.password !== session.password,
    );
    this.#sessions = sessions;
    await this.#withNeighborsRemoved(different);
  }

  async isEstablished(session: SessionSpec): Promise<boolean> {
    return (await this.#stateOf(session)).session_state === ESTABLISHED;
  }

  async routes(session: SessionSpec, family: Family): Promise<ReceivedRoutes> {
    const received = await this.#received(session, family);
    return new Map(
      Object.entries(received).map(([prefix, [path]]) => [
        prefix,
        readAttributes(path?.attrs ?? [], isInternal(session)),
      ]),
    );
  }

  async prefixes(session: SessionSpec, family: Family): Promise<readonly string[]> {
    return Object.keys(await this.#received(session, family));
  }

  async table(family: Family): Promise<readonly string[]> {
    return Object.keys(await this.#gobgp.json<object>(`global rib -a ipv${family}`));
  }

  /** Removes and adds the neighbor: after a reset GoBGP waits for 30 seconds, whatever its file says. */
  reset(session: SessionSpec): Promise<void> {
    return this.#withNeighborsRemoved([session]);
  }

  /** Its `softresetin` uses the routes that it has kept. */
  requestRouteRefresh(): Promise<void> {
    return Promise.reject(new Error('GoBGP does not ask for routes again'));
  }

  async updatesReceived(session: SessionSpec): Promise<number> {
    return (await this.#stateOf(session)).messages?.received?.update ?? 0;
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

  /** Removes neighbors, and adds them again. */
  async #withNeighborsRemoved(sessions: readonly SessionSpec[]): Promise<void> {
    const removed = sessions.map(({ ours }) => ours.address);
    for (const address of removed) this.#removed.add(address);
    this.#reload();
    await eventuallySlow(async () => {
      const present = await this.#neighbors();
      const kept = removed.filter((address) => present.includes(address));
      assert.deepEqual(kept, []);
    });
    for (const address of removed) this.#removed.delete(address);
    this.#reload();
  }

  #reload(): void {
    this.#write();
    this.#gobgp.reload();
  }

  #write(): void {
    const present = this.#sessions.filter(({ ours }) => !this.#removed.has(ours.address));
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

const configOf = (as: number, sessions: readonly SessionSpec[]): object => ({
  global: { config: { as, 'router-id': '10.9.0.1' } },
  neighbors: sessions.map((session) => ({
    config: {
      'neighbor-address': session.ours.address,
      'peer-as': session.ours.as,
      'auth-password': session.password ?? '',
    },
    timers: {
      config: {
        'connect-retry': 1,
        'hold-time': session.holdSeconds,
        'keepalive-interval': Math.floor(session.holdSeconds / 3),
      },
    },
    transport: {
      config: { 'local-address': session.theirs.address, 'passive-mode': session.dials === 'we' },
    },
    ...(session.ttlSecurity ? { 'ttl-security': { config: { enabled: true, 'ttl-min': 255 } } } : {}),
    ...(session.gracefulRestart
      ? { 'graceful-restart': { config: { enabled: true, 'restart-time': 120 } } }
      : {}),
    'afi-safis': session.carries.map((family) => ({
      config: { 'afi-safi-name': `ipv${family}-unicast` },
      'mp-graceful-restart': { config: { enabled: session.gracefulRestart } },
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

/** GoBGP prints both forms in the same way. */
function bandwidthOf(communities: readonly Attribute[]): LinkBandwidth | null {
  const found = communities.find(({ subtype }) => subtype === 4);
  if (found === undefined) return null;
  return { asn: found['asn'], bytesPerSecond: found['bandwidth'], transitive: false };
}
