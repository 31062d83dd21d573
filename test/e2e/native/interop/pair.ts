/** One node and one router with sessions of several kinds between them, and a few Services of both families. */
import assert from 'node:assert/strict';
import type { Family } from '../../../../src/net/address.ts';
import { Net } from '../../../support/netns/net.ts';
import { Cluster } from './cluster.ts';
import type { Daemon } from './daemons.ts';
import { type Lane, layLanes } from './lane.ts';
import { Node } from './node.ts';
import { patiently } from './patience.ts';
import type { Router } from './router.ts';
import { routerOf } from './routerof.ts';

export const SERVICES = 50;

/** Short, so that a router that cannot be reached is soon said to be so. */
const CONNECT_TIME = '1s';

const SPEAKER = ['--drain-wait', '0s'];

const serviceAt = (index: number): string => `web-${index}`;

/** Of the Service with that number. */
export const prefixOf = (index: number, family: Family): string =>
  family === 4 ? `10.70.0.${index + 1}/32` : `fd70::${(index + 1).toString(16)}/128`;

export const prefixes = (family: Family, except: readonly number[] = []): readonly string[] =>
  Array.from({ length: SERVICES }, (_, index) => index)
    .filter((index) => !except.includes(index))
    .map((index) => prefixOf(index, family))
    .sort();

export class Pair {
  readonly cluster: Cluster;
  readonly node: Node;
  readonly router: Router;

  private constructor(cluster: Cluster, node: Node, router: Router) {
    this.cluster = cluster;
    this.node = node;
    this.router = router;
  }

  /** `addresses` are those of the Node's object. */
  static async start(daemon: Daemon, lanes: readonly Lane[], addresses: readonly string[]): Promise<Pair> {
    const cluster = await Cluster.start(new Net());
    const node = await Node.make(cluster, 'n1', addresses);
    const space = cluster.net.namespace('router');
    node.space.cable('uplink', space, 'eth0');
    layLanes(lanes, { space: node.space, device: 'uplink' }, { space, device: 'eth0' });
    const router = routerOf(daemon, space);
    const pair = new Pair(cluster, node, router);
    router.start(lanes);
    for (const lane of lanes) pair.peer(lane);
    cluster.pool('web', ['10.70.0.0/24', 'fd70::/112'], {}, { 'berth.dev/weighted-ecmp': 'true' });
    for (let index = 0; index < SERVICES; index++) {
      const addressesOf = ([4, 6] as const).map((family) => prefixOf(index, family).split('/')[0] ?? '');
      cluster.service(serviceAt(index), addressesOf);
      pair.serve(index);
    }
    pair.speaker();
    return pair;
  }

  stop(): Promise<void> {
    return this.cluster.stop();
  }

  speaker(): void {
    this.node.speaker(...SPEAKER);
  }

  peer(lane: Lane): void {
    this.cluster.peer(lane, { connectTime: CONNECT_TIME });
  }

  serve(index: number): void {
    this.cluster.endpoints(serviceAt(index), { [this.node.name]: 1 });
  }

  unserve(index: number): void {
    this.cluster.removeEndpoints(serviceAt(index));
  }

  /** Waits until the session stands, and the router has exactly these. */
  has(lane: Lane, family: Family = lane.family, wanted = prefixes(family)): Promise<void> {
    return patiently(async () => {
      assert.ok(await this.router.isEstablished(lane), this.tails());
      assert.deepEqual([...(await this.router.prefixes(lane, family))].sort(), wanted, this.tails());
    });
  }

  /** Waits until the router says that the session is no more. */
  isDown(lane: Lane): Promise<void> {
    return patiently(async () => assert.ok(!(await this.router.isEstablished(lane)), this.tails()));
  }

  /** How many lines the speaker has said. */
  get saidSoFar(): number {
    return this.node.log().length;
  }

  tails(): string {
    return `\n--- speaker\n${this.node.tail()}\n--- router\n${this.router.tail()}`;
  }
}
