/** A small cluster in this process: the API server in memory, a proxy before it, controllers, and a history of all Services. */

import { get } from 'node:http';
import { type ApiServer, startApiServer } from '../../../../src/apiserver/server.ts';
import type { LeaseTiming } from '../../../../src/kube/election/lease-timing.ts';
import { CRDS } from '../../../support/crds.ts';
import type { Random } from '../../../support/random.ts';
import type { AnyObject } from '../rig.ts';
import { ControllerProcess, NAMESPACE } from './controller-process.ts';
import { FastClock } from './fast-clock.ts';
import { ServiceHistory } from './service-history.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** Simulated seconds in a real one. */
export const SPEED = 10;

const POOLS = 'ipaddresspools.metallb.io';

const POOL_GRACE = 120_000;

/** Short, so that a lease that is not released expires within a test. */
export const LEASE_TIMING: LeaseTiming = {
  leaseDuration: 6_000,
  renewDeadline: 4_000,
  retryPeriod: 1_000,
  requestTimeout: 2_000,
};

export class SimulatedCluster {
  readonly clock: FastClock;
  readonly server: ApiServer;
  readonly proxy: TcpProxy;
  readonly history: ServiceHistory;
  readonly controllers: ControllerProcess[] = [];
  readonly #random: Random;
  #spawned = 0;
  /** Where controllers dial; the default is the proxy. */
  frontUrl: string;
  #poolsAreHidden = false;
  #isStopped = false;

  private constructor(clock: FastClock, server: ApiServer, proxy: TcpProxy, random: Random) {
    this.clock = clock;
    this.server = server;
    this.proxy = proxy;
    this.frontUrl = proxy.url;
    this.#random = random;
    this.history = new ServiceHistory();
  }

  /** `speed`: simulated seconds in a real one. */
  static async start(random: Random, speed = SPEED): Promise<SimulatedCluster> {
    const clock = new FastClock(speed);
    const chance = (): number => random.below(1_000_000) / 1_000_000;
    const server = await startApiServer({ clock, random: chance });
    for (const crd of CRDS) server.objects.put(crd);
    server.objects.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
    const cluster = new SimulatedCluster(clock, server, await TcpProxy.start(server.url), random);
    await cluster.#watch();
    return cluster;
  }

  /** A controller that stands alone, or one of several. */
  spawn(election: LeaseTiming | null): ControllerProcess {
    const controller = new ControllerProcess({
      clock: this.clock,
      url: this.frontUrl,
      random: this.#random,
      identity: `c${++this.#spawned}`,
      election,
      poolGrace: POOL_GRACE,
    });
    this.controllers.push(controller);
    return controller;
  }

  drop(controller: ControllerProcess): void {
    this.controllers.splice(this.controllers.indexOf(controller), 1);
  }

  services(): readonly AnyObject[] {
    return this.server.objects
      .list('services')
      .filter((one: AnyObject) => one.metadata.namespace === 'default');
  }

  pools(): readonly AnyObject[] {
    return this.server.objects.list(POOLS);
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
    if (hidden) this.server.faults.hideResource(POOLS);
    else this.server.faults.restoreResource(POOLS);
  }

  get poolsAreHidden(): boolean {
    return this.#poolsAreHidden;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.server.faults.clear();
    for (const controller of this.controllers.splice(0)) controller.kill();
    await this.proxy.close();
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
          this.history.forgetMissing(this.services());
          let rest = '';
          answer.setEncoding('utf8').on('data', (text: string) => {
            const lines = (rest + text).split('\n');
            rest = lines.pop() ?? '';
            for (const line of lines) this.history.record(JSON.parse(line));
          });
          answer.on('error', () => {}); // told by its end, too
          answer.on('close', () => {
            if (!this.#isStopped) void this.#watch();
          });
          resolve();
        },
      );
      request.on('error', (error) => (this.#isStopped ? resolve() : reject(error)));
    });
  }
}

const versionsOf = (objects: readonly AnyObject[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    objects.map(({ kind, metadata }) => [`${kind} ${metadata.name}`, metadata.resourceVersion]),
  );
