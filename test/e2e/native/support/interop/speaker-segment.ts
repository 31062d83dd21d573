/** Nodes with speakers and a host on one Ethernet segment, in network namespaces, and an API server in memory. */
import assert from 'node:assert/strict';
import { type NetworkNamespace, TestNetwork } from '../../../../support/netns/network.ts';
import { InteropCluster } from './cluster.ts';
import { SpeakerNode } from './node.ts';

export const SEGMENT_NODES = ['n1', 'n2', 'n3'] as const;

const macOf = (index: number): string => `02:00:00:00:01:0${index}`;

export class SpeakerSegment {
  readonly cluster: InteropCluster;
  /** 192.0.2.10 and 2001:db8::10; the nodes come after it. */
  readonly host: NetworkNamespace;
  readonly nodes: ReadonlyMap<string, SpeakerNode>;

  private constructor(
    cluster: InteropCluster,
    host: NetworkNamespace,
    nodes: ReadonlyMap<string, SpeakerNode>,
  ) {
    this.cluster = cluster;
    this.host = host;
    this.nodes = nodes;
  }

  /** Without speakers: the test starts them when its objects are there. */
  static async start(): Promise<SpeakerSegment> {
    const cluster = await InteropCluster.start(new TestNetwork());
    try {
      return await SpeakerSegment.#on(cluster);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  static async #on(cluster: InteropCluster): Promise<SpeakerSegment> {
    const bridge = cluster.net.namespace('bridge');
    bridge.ip('link add br0 type bridge', 'link set br0 up');
    const join = (space: NetworkNamespace, index: number): void => {
      space.addVeth('eth0', bridge, `port${index}`);
      bridge.ip(`link set port${index} master br0`);
      space.ip(
        `link set eth0 address ${macOf(index)}`,
        `address add 192.0.2.1${index}/24 dev eth0`,
        `address add ${globalAddress(index)} dev eth0`,
      );
    };
    const host = cluster.net.namespace('host');
    join(host, 0);
    const nodes = new Map<string, SpeakerNode>();
    for (const [at, name] of SEGMENT_NODES.entries()) {
      const node = await SpeakerNode.make(cluster, name, [`192.0.2.1${at + 1}`]);
      join(node.space, at + 1);
      nodes.set(name, node);
    }
    return new SpeakerSegment(cluster, host, nodes);
  }

  node(name: string): SpeakerNode {
    return this.nodes.get(name) ?? assert.fail(`no node ${name}`);
  }

  /** The node that has the MAC address; the address itself for none. */
  nodeWith(mac: string): string {
    return SEGMENT_NODES.find((_, at) => macOf(at + 1) === mac) ?? mac;
  }

  setLink(name: string, state: 'up' | 'down'): void {
    const { space } = this.node(name);
    space.ip(`link set eth0 ${state}`);
    // The kernel takes a global address off an interface that goes down.
    const index = [...this.nodes.keys()].indexOf(name) + 1;
    if (state === 'up') space.ip(`address replace ${globalAddress(index)} dev eth0`);
  }

  /** The last log lines of all speakers, for the message of a failure. */
  logTails(): string {
    return [...this.nodes.values()].map((one) => one.tail()).join('\n');
  }

  stop(): Promise<void> {
    return this.cluster.stop();
  }
}

const globalAddress = (index: number): string => `2001:db8::1${index}/64`;
