/** A whole speaker over real connections, without an API server. */
import type { TestContext } from 'node:test';
import { NodeModel } from '../../../../src/announce/model/node-model.ts';
import type { Clock } from '../../../../src/base/clock.ts';
import { decodeNode } from '../../../../src/objects/node.ts';
import { silentLog } from '../../../../src/observe/log.ts';
import { sessionOpener } from '../../../../src/speaker/main/session-drivers.ts';
import { Speaker } from '../../../../src/speaker/speaker.ts';
import { systemClock } from '../../../../src/workqueue/system-clock.ts';
import {
  advertisement,
  DEFAULT_SPEAKER,
  node,
  peer,
  pool,
  serviceWithEndpoint,
} from '../../../announce/support/cluster.ts';
import { decodedService, nodeSlice } from '../../../announce/support/decoded.ts';

/** Much shorter than in production, so that failures are frequent. */
const IDLE_HOLD = { first: 2, max: 20 };

export type PeerPorts = Readonly<Record<string, number>>;

/** A speaker over real sockets, whose objects the test puts. Stopped after the test. */
export class TcpSpeaker {
  readonly model = new NodeModel(DEFAULT_SPEAKER);
  readonly speaker: Speaker;
  readonly dropped = new Map<string, number>();

  /** `ports`: loopback port of each peer. BGPPeer does not allow ports that high, so their indices are used instead. */
  constructor(test: TestContext, ports: PeerPorts, clock: Clock = systemClock) {
    const portList = Object.values(ports);
    const open = sessionOpener({ clock, random: () => 0.5, log: silentLog }, null);
    const none = (): void => {};
    this.speaker = new Speaker({
      interfaceAddresses: () => ({ 4: null, 6: null }),
      ...{ bfdSessions: null, interfaces: () => [] },
      ...{ clock, model: this.model, syncModel: none },
      localNode: () => this.model.node ?? { name: 'n1', addresses: { 4: null, 6: null } },
      openSession: (settings, remote, handler, connectFailed) =>
        open(
          { ...settings, idleHold: IDLE_HOLD },
          { ...remote, port: portList[remote.port - 1] ?? 0 },
          handler,
          connectFailed,
        ),
      observer: {
        ...{
          stateChanged: none,
          connectFailed: none,
          advertised: none,
          reconciled: none,
          neighbourRemoved: none,
          bfdChanged: none,
        },
        routesDropped: ({ peer: { name } }, routes) =>
          this.dropped.set(name, (this.dropped.get(name) ?? 0) + routes),
      },
    });
    const ips = ['127.0.0.1', 'fd00::11'].map((ip) => ({ type: 'InternalIP', address: ip }));
    this.model.putNode(decodeNode(node('n1', {}, { addresses: ips })));
    const peers = Object.keys(ports).map((name, at) =>
      peer(name, { peerAddress: '127.0.0.1', peerPort: at + 1, dualStackAddressFamily: true }),
    );
    this.model.putConfig({
      pools: [pool('main', ['10.20.0.0/16', 'fd00:20::/64'])],
      ...{ advertisements: [advertisement('all')], peers },
      ...{ layer2: [], communities: [], bfdProfiles: [], secrets: [] },
    });
    test.after(() => this.speaker.stop({ isDraining: true, wait: 0 }));
  }

  put(name: string, ip: string): void {
    const [service, slice] = serviceWithEndpoint(name, ip);
    this.model.putService(decodedService(service));
    this.model.putSlice(nodeSlice(slice));
    this.speaker.scheduleReconcile();
  }

  remove(name: string): void {
    this.model.removeService(`web/${name}`);
    this.speaker.scheduleReconcile();
  }
}
