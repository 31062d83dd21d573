/** A cluster, one node's speaker in it, and routers that are functions: all in one turn of a clock moved by hand. */

import type { ClusterObjects } from '../../src/announce/answer.ts';
import { type Changes, NodePicture } from '../../src/announce/picture.ts';
import { ObjectStore } from '../../src/announce/store.ts';
import type { Raw } from '../../src/cluster/fields.ts';
import type { Address, Family } from '../../src/net/address.ts';
import { formatAddress } from '../../src/net/address.ts';
import { GATHER, Speaker } from '../../src/speaker/speaker.ts';
import { History } from '../../src/speaker/viewhistory.ts';
import { advertisement, node, PLAIN, peer, pool, served } from '../announce/cluster.ts';
import { follow, NOTHING } from '../announce/follow.ts';
import { FakeClock } from '../support/clock.ts';
import { DIAL, RouterLine } from './line.ts';
import { Router } from './router.ts';

const NOWHERE: Readonly<Record<Family, Address | null>> = { 4: null, 6: null };

export const addressed = (...ips: readonly string[]): Raw => ({
  addresses: ips.map((ip) => ({ type: 'InternalIP', address: ip })),
});

/** The peers of `peers`, one pool of both families, and an advertisement to everybody. */
export const small = (...peers: readonly Raw[]): readonly Raw[] => [
  node('n1', {}, addressed('10.213.0.11', 'fd00:213::11')),
  ...[pool('main', ['10.20.0.0/16', 'fd00:20::/64']), advertisement('all'), ...peers],
];

export const R1 = '10.213.0.1';
export const R2 = '10.213.0.2';

export class World {
  readonly clock = new FakeClock();
  readonly store = new ObjectStore(PLAIN.namespace);
  readonly picture = new NodePicture(PLAIN);
  readonly speaker: Speaker;
  readonly lines: RouterLine[] = [];
  readonly looks: Changes[] = [];
  onLook: () => void = () => {};
  readonly history: History;
  /** What the speaker reports, in order: `r1 Established`, `r1 ended`, `r1 dropped 3`. */
  readonly reports: string[] = [];
  readonly #routers: Map<string, Router>;
  #objects: ClusterObjects = NOTHING;
  #stale = true;

  /** `routers`: those of a world before this one, by address. */
  constructor(objects: readonly Raw[], routers: ReadonlyMap<string, Router> = new Map()) {
    this.#routers = new Map(routers);
    for (const raw of objects) this.store.create(raw);
    const note = (name: string, what: string): number => this.reports.push(`${name} ${what}`);
    this.history = new History(this.clock, {
      moved: ({ peer: { name } }, _, to) => note(name, to),
      missed: ({ peer: { name } }) => note(name, 'missed'),
      dropped: ({ peer: { name } }, routes) => note(name, `dropped ${routes}`),
      told: () => {},
      looked: (changes) => {
        this.looks.push(changes);
        this.onLook();
      },
      ended: ({ peer: { name } }) => note(name, 'ended'),
    });
    this.speaker = new Speaker({
      clock: this.clock,
      picture: this.picture,
      refresh: () => this.#refresh(),
      home: () => this.picture.node ?? { name: 'n1', addresses: NOWHERE },
      openLine: (settings, far, owner, missed) => {
        const net = { clock: this.clock, router: this.router(formatAddress(far.address)) };
        const line = new RouterLine(settings, far, owner, missed, net);
        this.lines.push(line);
        return line;
      },
      report: this.history,
    });
  }

  /** Made when it is first asked for. */
  router(at: string): Router {
    const known = this.#routers.get(at) ?? new Router();
    this.#routers.set(at, known);
    return known;
  }

  get routers(): ReadonlyMap<string, Router> {
    return this.#routers;
  }

  get objects(): ClusterObjects {
    return this.store.objects();
  }

  /** Speaks, and all sessions that can stand do. */
  async begin(): Promise<this> {
    this.speaker.begin();
    await this.clock.pass(DIAL);
    return this;
  }

  change(how: (store: ObjectStore) => void): void {
    this.store.tick();
    how(this.store);
    this.#stale = true;
    this.speaker.changed();
  }

  add(...objects: readonly Raw[]): void {
    this.change((store) => {
      for (const raw of objects) store.create(raw);
    });
  }

  /** The change, and time enough for all that follows from it at once. */
  async settle(how: (store: ObjectStore) => void): Promise<void> {
    this.change(how);
    await this.clock.pass(2 * GATHER + DIAL);
  }

  #refresh(): void {
    if (!this.#stale) return;
    this.#stale = false;
    const now = this.store.objects();
    follow(this.picture, this.#objects, now);
    this.#objects = now;
  }
}

/** A world in which all has been said, and forgotten by the routers' listeners. */
export async function quiet(...objects: readonly Raw[]): Promise<World> {
  const world = await new World(objects).begin();
  for (const router of world.routers.values()) router.news();
  return world;
}

/** One Service, and a router that both families go to. */
export const one = (...more: readonly Raw[]): readonly Raw[] => [
  ...small(peer('r1', { peerAddress: R1, dualStackAddressFamily: true })),
  ...served('a', '10.20.1.1'),
  ...more,
];
