/** One node and one router with sessions of several kinds between them, and a few Services of both families. */
import assert from 'node:assert/strict';
import type { Family } from '../../../../../src/net/address.ts';
import { eventuallySlow } from '../../../../support/eventually.ts';
import { type NetworkNamespace, TestNetwork } from '../../../../support/netns/network.ts';
import { InteropCluster } from './cluster.ts';
import { createRouter } from './create-router.ts';
import type { Daemon } from './daemons.ts';
import { SpeakerNode } from './node.ts';
import type { InteropRouter } from './router.ts';
import { assignAddresses, type SessionSpec } from './session-spec.ts';

export const SERVICES = 50;

/** Short, so that an unreachable router is soon reported. */
const CONNECT_TIME = '1s';

const SPEAKER_FLAGS = ['--drain-wait', '0s'];

const serviceAt = (index: number): string => `web-${index}`;

/** Prefix of the Service with that number. */
export const prefixOf = (index: number, family: Family): string =>
  family === 4 ? `10.70.0.${index + 1}/32` : `fd70::${(index + 1).toString(16)}/128`;

export const prefixes = (family: Family, except: readonly number[] = []): readonly string[] =>
  Array.from({ length: SERVICES }, (_, index) => index)
    .filter((index) => !except.includes(index))
    .map((index) => prefixOf(index, family))
    .sort();

export class NodeAndRouter {
  readonly cluster: InteropCluster;
  readonly node: SpeakerNode;
  readonly router: InteropRouter;
  /** Of the router, whose interface eth0 is at the node's link. */
  readonly space: NetworkNamespace;

  private constructor(
    cluster: InteropCluster,
    node: SpeakerNode,
    router: InteropRouter,
    space: NetworkNamespace,
  ) {
    this.cluster = cluster;
    this.node = node;
    this.router = router;
    this.space = space;
  }

  /** `addresses` are those of the Node's object; `prepare` creates objects before the speaker starts. */
  static async start(
    daemon: Daemon,
    sessions: readonly SessionSpec[],
    addresses: readonly string[],
    prepare: (cluster: InteropCluster) => void = () => {},
  ): Promise<NodeAndRouter> {
    const cluster = await InteropCluster.start(new TestNetwork());
    const node = await SpeakerNode.make(cluster, 'n1', addresses);
    const space = cluster.net.namespace('router');
    node.space.addVeth('uplink', space, 'eth0');
    assignAddresses(sessions, { space: node.space, device: 'uplink' }, { space, device: 'eth0' });
    const router = createRouter(daemon, space);
    const setup = new NodeAndRouter(cluster, node, router, space);
    router.start(sessions);
    for (const session of sessions) setup.createPeer(session);
    cluster.pool('web', ['10.70.0.0/24', 'fd70::/112'], {}, { 'berth.dev/weighted-ecmp': 'true' });
    for (let index = 0; index < SERVICES; index++) {
      const addressesOf = ([4, 6] as const).map((family) => prefixOf(index, family).split('/')[0] ?? '');
      cluster.service(serviceAt(index), addressesOf);
      setup.addEndpoints(index);
    }
    prepare(cluster);
    setup.startSpeaker();
    return setup;
  }

  stop(): Promise<void> {
    return this.cluster.stop();
  }

  startSpeaker(): void {
    this.node.startSpeaker(...SPEAKER_FLAGS);
  }

  createPeer(session: SessionSpec): void {
    this.cluster.peer(session, { connectTime: CONNECT_TIME });
  }

  addEndpoints(index: number): void {
    this.cluster.endpoints(serviceAt(index), { [this.node.name]: 1 });
  }

  removeEndpoints(index: number): void {
    this.cluster.removeEndpoints(serviceAt(index));
  }

  /** Waits until the session is established, and the router has exactly these prefixes. */
  waitForRoutes(
    session: SessionSpec,
    family: Family = session.family,
    wanted = prefixes(family),
  ): Promise<void> {
    return eventuallySlow(async () => {
      assert.ok(await this.router.isEstablished(session), this.logTails());
      assert.deepEqual([...(await this.router.prefixes(session, family))].sort(), wanted, this.logTails());
    });
  }

  /** Waits until the router shows the session as down. */
  waitForSessionDown(session: SessionSpec): Promise<void> {
    return eventuallySlow(async () =>
      assert.ok(!(await this.router.isEstablished(session)), this.logTails()),
    );
  }

  /** Number of lines that the speaker has logged. */
  get logLineCount(): number {
    return this.node.log().length;
  }

  logTails(): string {
    return `\n--- speaker\n${this.node.tail()}\n--- router\n${this.router.tail()}`;
  }
}
