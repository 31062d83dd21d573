/** A small cluster in this process: the server in memory, a wire in front of it, controllers, and an eye on all Services. */

import { get } from 'node:http';
import { type ApiServer, startApiServer } from '../../../src/apiserver/server.ts';
import type { LeaseTiming } from '../../../src/kube/leasetiming.ts';
import { CRDS } from '../../support/crds.ts';
import type { Random } from '../../support/random.ts';
import type { Loose } from '../support/rig.ts';
import { Actor, NAMESPACE } from './actor.ts';
import { FastClock } from './fastclock.ts';
import { Gate } from './gate.ts';
import { History } from './history.ts';

/** Ten seconds of the world's time in one of ours. */
const SPEED = 10;

const POOLS = 'ipaddresspools.metallb.io';

const POOL_GRACE = 120_000;

/** Short, so that a lease that nobody gives back runs out within a story. */
export const WORLD_LEASE: LeaseTiming = {
  leaseDuration: 6_000,
  renewDeadline: 4_000,
  retryPeriod: 1_000,
  requestTimeout: 2_000,
};

export class World {
  readonly clock: FastClock;
  readonly server: ApiServer;
  readonly gate: Gate;
  readonly history: History;
  readonly actors: Actor[] = [];
  readonly #random: Random;
  #made = 0;
  #poolsAreHidden = false;
  #ended = false;

  private constructor(clock: FastClock, server: ApiServer, gate: Gate, random: Random) {
    this.clock = clock;
    this.server = server;
    this.gate = gate;
    this.#random = random;
    this.history = new History();
  }

  static async start(random: Random): Promise<World> {
    const clock = new FastClock(SPEED);
    const chance = (): number => random.below(1_000_000) / 1_000_000;
    const server = await startApiServer({ clock, random: chance });
    for (const crd of CRDS) server.store.put(crd);
    server.store.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
    const world = new World(clock, server, await Gate.before(server.url), random);
    await world.#watch();
    return world;
  }

  /** A controller that stands alone, or one of several. */
  spawn(election: LeaseTiming | null): Actor {
    const actor = new Actor({
      clock: this.clock,
      url: this.gate.url,
      random: this.#random,
      identity: `c${++this.#made}`,
      election,
      poolGrace: POOL_GRACE,
    });
    this.actors.push(actor);
    return actor;
  }

  drop(actor: Actor): void {
    this.actors.splice(this.actors.indexOf(actor), 1);
  }

  services(): readonly Loose[] {
    return this.server.store.list('services').filter((one: Loose) => one.metadata.namespace === 'default');
  }

  pools(): readonly Loose[] {
    return this.server.store.list(POOLS);
  }

  serviceVersions(): Readonly<Record<string, string>> {
    return versionsOf(this.services());
  }

  versions(): Readonly<Record<string, string>> {
    return versionsOf([...this.services(), ...this.pools()]);
  }

  /** As if the CRD were not there: its objects are, and cannot be reached. */
  hidePools(hidden: boolean): void {
    this.#poolsAreHidden = hidden;
    if (hidden) this.server.faults.forget(POOLS);
    else this.server.faults.remember(POOLS);
  }

  get poolsAreHidden(): boolean {
    return this.#poolsAreHidden;
  }

  async end(): Promise<void> {
    this.#ended = true;
    this.server.faults.clear();
    for (const actor of this.actors.splice(0)) actor.kill();
    await this.gate.close();
    await this.server.stop();
  }

  /** A watch of our own, past the gate and most faults; one that is closed is opened again from the present. */
  #watch(): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = get(
        `${this.server.url}/api/v1/namespaces/default/services?watch=1`,
        { headers: { 'user-agent': 'eye' } },
        (answer) => {
          // Those who went before this watch began are not told of by it.
          this.history.missed(this.services());
          let rest = '';
          answer.setEncoding('utf8').on('data', (text: string) => {
            const lines = (rest + text).split('\n');
            rest = lines.pop() ?? '';
            for (const line of lines) this.history.saw(JSON.parse(line));
          });
          answer.on('error', () => {}); // told by its end, too
          answer.on('close', () => {
            if (!this.#ended) void this.#watch();
          });
          resolve();
        },
      );
      request.on('error', (error) => (this.#ended ? resolve() : reject(error)));
    });
  }
}

const versionsOf = (objects: readonly Loose[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    objects.map(({ kind, metadata }) => [`${kind} ${metadata.name}`, metadata.resourceVersion]),
  );
