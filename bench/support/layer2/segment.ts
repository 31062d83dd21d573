/** One Ethernet segment: nodes at a bridge, each in a network namespace, and a recorder of who answers for an address. */

import { SegmentRecorder } from '../../../test/e2e/native/support/segment/segment-recorder.ts';
import { type NetworkNamespace, TestNetwork } from '../../../test/support/netns/network.ts';

/** Of the bridge, and of the host of the recorder. */
const HUB = '10.213.255.254';
const HOST = { 4: '10.213.255.253', 6: 'fd00:213::fffd' } as const;
const QUESTION_EVERY_MS = 10;

/** As with strictARP: a kernel answers for addresses of the interface only. */
const SYSCTLS = { 'ipv4/conf/all/arp_ignore': '1', 'ipv4/conf/all/arp_announce': '2' };

export const HUB_ADDRESS = HUB;

export class Segment {
  readonly net = new TestNetwork();
  readonly hub: NetworkNamespace;
  readonly host: NetworkNamespace;
  readonly recorder: SegmentRecorder;
  readonly #nodes = new Map<string, NetworkNamespace>();

  /** Nodes are named n1 and so on. The recorder asks for this address all the time. */
  constructor(nodes: number, address: string) {
    this.hub = this.net.namespace('hub');
    this.hub.ip(
      'link add br0 type bridge mcast_snooping 0',
      'link set br0 up',
      `address add ${HUB}/16 dev br0`,
    );
    this.host = this.#join('host', [`${HOST[4]}/16`, `${HOST[6]}/64`]);
    for (let number = 1; number <= nodes; number++) {
      const space = this.#join(`n${number}`, [`${nodeAddress(`n${number}`)}/16`]);
      space.ip(`link set eth0 address ${macOf(number)}`);
      space.setSysctls(SYSCTLS);
      this.#nodes.set(`n${number}`, space);
    }
    this.recorder = SegmentRecorder.start(
      this.host,
      { interface: 'eth0', addresses: [address], sources: HOST, everyMs: QUESTION_EVERY_MS },
      (mac) => this.names.find((name) => macOf(Number(name.slice(1))) === mac) ?? mac,
    );
  }

  get names(): readonly string[] {
    return [...this.#nodes.keys()];
  }

  node(name: string): NetworkNamespace {
    const space = this.#nodes.get(name);
    if (space === undefined) throw new Error(`no node ${name}`);
    return space;
  }

  /** The cable of the node, at the bridge. */
  setCable(name: string, state: 'up' | 'down'): void {
    this.hub.ip(`link set ${name} ${state}`);
  }

  destroy(): void {
    this.net.destroy();
  }

  #join(name: string, addresses: readonly string[]): NetworkNamespace {
    const space = this.net.namespace(name);
    space.addVeth('eth0', this.hub, name);
    this.hub.ip(`link set ${name} master br0`);
    space.ip(...addresses.map((address) => `address add ${address} dev eth0`));
    return space;
  }
}

/** Of the node's interface; number from 1 to 255. */
const macOf = (number: number): string => `02:00:00:00:01:${number.toString(16).padStart(2, '0')}`;

export const nodeAddress = (name: string): string => `10.213.0.${name.slice(1)}`;
