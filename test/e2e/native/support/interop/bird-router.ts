/** BIRD of either generation as a router: BIRD 2 is one program for both families, BIRD 1.6 one for each. */

import {
  type LinkBandwidth,
  readLinkBandwidth,
} from '../../../../../src/bgp/attributes/extended-community.ts';
import type { Family } from '../../../../../src/net/address.ts';
import { Bird, type BirdPrograms } from '../../../../support/netns/bird.ts';
import { readPrefixes, readProtocols } from '../../../../support/netns/bird-output.ts';
import type { NetworkNamespace } from '../../../../support/netns/network.ts';
import { requireNetworkBinaries } from '../../../../support/network-binaries.ts';
import type { ReceivedRoute, ReceivedRoutes } from './received-routes.ts';
import type { InteropRouter } from './router.ts';
import { BFD_INTERVAL, isInternal, type SessionSpec } from './session-spec.ts';

type Generation = 1 | 2;

export class BirdRouter implements InteropRouter {
  readonly #space: NetworkNamespace;
  readonly #generation: Generation;
  readonly #birds = new Map<Family, Bird>();

  constructor(space: NetworkNamespace, generation: Generation) {
    this.#space = space;
    this.#generation = generation;
  }

  start(sessions: readonly SessionSpec[]): void {
    for (const [family, its] of this.#byProgram(sessions)) {
      const bird = new Bird(
        this.#space,
        `${this.#space.name}-bird${family}`,
        programs(this.#generation, family),
      );
      bird.write(configOf(this.#generation, its));
      bird.start();
      this.#birds.set(family, bird);
    }
  }

  async reconfigure(sessions: readonly SessionSpec[]): Promise<void> {
    for (const [family, its] of this.#byProgram(sessions)) {
      this.#bird(family).write(configOf(this.#generation, its));
      await this.#bird(family).configure();
    }
  }

  async isEstablished(session: SessionSpec): Promise<boolean> {
    const protocols = readProtocols(
      await this.#bird(session.family).ask(`show protocols all ${session.name}`),
    );
    return protocols[0]?.established === true;
  }

  async routes(session: SessionSpec, family: Family): Promise<ReceivedRoutes> {
    return readRoutes(await this.#show(session, family, ' all'), isInternal(session));
  }

  async prefixes(session: SessionSpec, family: Family): Promise<readonly string[]> {
    return readPrefixes(await this.#show(session, family, ''));
  }

  async table(family: Family): Promise<readonly string[]> {
    const table = this.#generation === 2 ? ` table master${family}` : '';
    return readPrefixes(await this.#bird(family).ask(`show route${table}`));
  }

  async reset({ family, name }: SessionSpec): Promise<void> {
    await this.#bird(family).ask(`restart ${name}`);
  }

  async requestRouteRefresh({ family, name }: SessionSpec): Promise<void> {
    await this.#bird(family).ask(`reload in ${name}`);
  }

  async updatesReceived({ family, name }: SessionSpec): Promise<number> {
    const text = await this.#bird(family).ask(`show protocols all ${name}`);
    return Number(/Import updates: +(\d+)/.exec(text)?.[1]);
  }

  /** The state and the interval of each BFD session, as `show bfd sessions` lists them. */
  async bfdSessions(): Promise<string> {
    return this.#bird(4).ask('show bfd sessions');
  }

  signal(signal: NodeJS.Signals): void {
    for (const bird of this.#birds.values()) bird.signal(signal);
  }

  tail(): string {
    return [...this.#birds.values()].map((bird) => bird.tail()).join('\n');
  }

  #show(session: SessionSpec, family: Family, how: string): Promise<string> {
    const table = this.#generation === 2 ? ` table master${family}` : '';
    return this.#bird(session.family).ask(`show route${how}${table} protocol ${session.name}`);
  }

  #byProgram(sessions: readonly SessionSpec[]): ReadonlyMap<Family, readonly SessionSpec[]> {
    if (this.#generation === 2) return new Map([[4, sessions]]);
    const families = new Set(sessions.map(({ family }) => family));
    return new Map([...families].map((one) => [one, sessions.filter(({ family }) => family === one)]));
  }

  #bird(family: Family): Bird {
    const bird = this.#birds.get(this.#generation === 2 ? 4 : family);
    if (bird === undefined) throw new Error(`no BIRD runs for IPv${family}`);
    return bird;
  }
}

function programs(generation: Generation, family: Family): BirdPrograms {
  const { bird, birdc, nodeBird, nodeBirdc } = requireNetworkBinaries();
  return generation === 2
    ? { daemon: bird, control: birdc }
    : { daemon: nodeBird[family], control: nodeBirdc[family] };
}

const BFD_TIMERS = `interval ${BFD_INTERVAL} ms; multiplier 3;`;

const configOf = (generation: Generation, sessions: readonly SessionSpec[]): string =>
  [
    'router id 10.9.0.1;',
    'log stderr all;',
    'protocol device { scan time 1; }',
    ...(sessions.some(({ bfd }) => bfd)
      ? [`protocol bfd { interface "*" { ${BFD_TIMERS} }; multihop { ${BFD_TIMERS} }; }`]
      : []),
    ...sessions.flatMap((session) => neighborOf(generation, session)),
    '',
  ].join('\n');

function neighborOf(generation: Generation, session: SessionSpec): readonly string[] {
  const { ours, theirs, password } = session;
  return [
    `protocol bgp ${session.name} {`,
    `  local ${theirs.address} as ${theirs.as};`,
    `  neighbor ${ours.address} as ${ours.as};`,
    session.multihop ? '  multihop;' : '  direct;',
    '  connect delay time 1; connect retry time 1; error wait time 1, 2;',
    `  hold time ${session.holdSeconds}; startup hold time 5;`,
    ...(session.dials === 'we' ? ['  passive yes;'] : []),
    ...(password === null ? [] : [`  password "${password}";`]),
    ...(session.ttlSecurity ? ['  ttl security on;'] : []),
    ...(session.gracefulRestart ? ['  graceful restart on;'] : []),
    // Else BIRD drops the routes when BFD goes down, also while they are retained for a restart.
    ...(session.bfd ? [session.gracefulRestart ? '  bfd graceful;' : '  bfd on;'] : []),
    ...(generation === 1
      ? ['  import all; export none;']
      : session.carries.map(
          (family) => `  ipv${family} { import all; export none;${extendedNextHopOf(session, family)} };`,
        )),
    '}',
  ];
}

const extendedNextHopOf = ({ extendedNextHop }: SessionSpec, family: Family): string =>
  extendedNextHop && family === 4 ? ' extended next hop on;' : '';

const ATTRIBUTE = /^\s+BGP\.(\w+): ?(.*)$/;

/** BIRD adds its own LOCAL_PREF to routes from another AS. */
function readRoutes(text: string, internal: boolean): ReceivedRoutes {
  const routes = new Map<string, Map<string, string>>();
  let attributes = new Map<string, string>();
  for (const line of text.split('\n')) {
    const prefix = /^([0-9a-f:.]+\/\d+) /.exec(line)?.[1];
    if (prefix !== undefined) {
      attributes = new Map();
      routes.set(prefix, attributes);
    }
    const [, name = '', value = ''] = ATTRIBUTE.exec(line) ?? [];
    if (name !== '') attributes.set(name, value.trim());
  }
  return new Map([...routes].map(([prefix, values]) => [prefix, readRoute(values, internal)]));
}

const ORIGINS = { IGP: 'IGP', EGP: 'EGP', Incomplete: 'incomplete' } as const;

function readRoute(attributes: ReadonlyMap<string, string>, internal: boolean): ReceivedRoute {
  const text = (name: string): string => attributes.get(name) ?? '';
  const number = (name: string): number | null =>
    attributes.has(name) ? Number(attributes.get(name)) : null;
  const origin = text('origin');
  if (origin !== 'IGP' && origin !== 'EGP' && origin !== 'Incomplete') throw new Error(`origin ${origin}`);
  return {
    nextHop: text('next_hop').split(' ')[0] ?? '',
    asPath: text('as_path').split(' ').filter(Boolean).map(Number),
    origin: ORIGINS[origin],
    communities: tuples(text('community')).sort(),
    large: tuples(text('large_community')).sort(),
    bandwidth: bandwidthOf(text('ext_community')),
    med: number('med'),
    localPref: internal ? number('local_pref') : null,
  };
}

/** `(64700,120) (64700, 300, 100)` as `64700:120` and `64700:300:100`. */
const tuples = (text: string): string[] =>
  [...text.matchAll(/\(([^)]*)\)/g)].map(([, inner = '']) => inner.split(/, ?/).join(':'));

/** `(unknown 0x4004, 65001, 1299082024)`: type and subtype, AS, and the rest as a number. */
function bandwidthOf(text: string): LinkBandwidth | null {
  const [, kind, asn, low] = /\(unknown (0x[0-9a-f]+), (\d+), (\d+)\)/.exec(text) ?? [];
  return kind === undefined
    ? null
    : readLinkBandwidth({ high: Number(kind) * 65_536 + Number(asn), low: Number(low) });
}
