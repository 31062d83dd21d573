/**
 * The network of the observed cases of layer 2: two Ethernet segments. Segment a has eth0 of every node and the API server,
 * segment b eth1 of all nodes but n5; eth2 of n4 is on a, too, without an IPv4 address. Node nN has 10.213.0.1N and fd00:213::1N
 * on a, 10.214.0.1N and fd00:214::1N on b. The client is on both, and owns none of the addresses.
 */
import { type NetworkNamespace, TestNetwork } from '../../../../support/netns/network.ts';
import { API_ADDRESS, type BedNetwork } from './speaker-bed.ts';

export type Segment = 'a' | 'b';
export const SEGMENTS: readonly Segment[] = ['a', 'b'];

const LINKS: Readonly<Record<string, Readonly<Record<string, Segment>>>> = {
  n1: { eth0: 'a', eth1: 'b' },
  n2: { eth0: 'a', eth1: 'b' },
  n3: { eth0: 'a', eth1: 'b' },
  n4: { eth0: 'a', eth1: 'b', eth2: 'a' },
  n5: { eth0: 'a' },
  n6: { eth0: 'a', eth1: 'b' },
};

/** Interfaces with addresses, and the part of the addresses before the number of the node. */
const ADDRESSES: Readonly<Record<string, { readonly ipv4: string; readonly ipv6: string }>> = {
  eth0: { ipv4: '10.213.0.1', ipv6: 'fd00:213::1' },
  eth1: { ipv4: '10.214.0.1', ipv6: 'fd00:214::1' },
};

/** As with strictARP: a kernel answers for addresses of the interface only. */
const SYSCTLS = {
  'ipv4/conf/all/arp_ignore': '1',
  'ipv4/conf/all/arp_announce': '2',
  'ipv6/conf/default/accept_ra': '0',
  'ipv6/conf/default/router_solicitations': '0',
};

/** Interface of the client on a segment. */
export const CLIENT_INTERFACE: Readonly<Record<Segment, string>> = { a: 'c0', b: 'c1' };
export const CLIENT_MAC: Readonly<Record<Segment, string>> = {
  a: '02:00:0c:00:00:0a',
  b: '02:00:0c:00:00:0b',
};
/** Its kernel answers for it, so that nodes can answer solicitations. */
export const CLIENT_IPV6 = 'fe80::c0:1';

export const nodeAddress = (node: string): string => `10.213.0.1${node.slice(1)}`;
const numberOf = (node: string): string => node.slice(1);

export class Layer2Network implements BedNetwork {
  readonly #net = new TestNetwork();
  readonly hub: NetworkNamespace;
  readonly client: NetworkNamespace;
  readonly #nodes = new Map<string, NetworkNamespace>();
  /** `n2:eth1` by MAC address, also of interfaces that were removed. */
  readonly #owners = new Map<string, string>();
  readonly #added = new Map<string, { readonly node: string; readonly device: string }>();
  #blocked: (readonly [node: string, address: string])[] = [];
  #interfaces = 0;

  constructor() {
    this.hub = this.#net.namespace('hub');
    for (const segment of SEGMENTS)
      this.hub.ip(`link add br${segment} type bridge mcast_snooping 0`, `link set br${segment} up`);
    this.hub.ip(`addr add ${API_ADDRESS}/24 dev bra`);
    this.client = this.#net.namespace('client');
    this.client.setSysctls(SYSCTLS);
    for (const segment of SEGMENTS) {
      const device = CLIENT_INTERFACE[segment];
      this.#connect(this.client, device, { segment, port: `v${device}`, mac: CLIENT_MAC[segment] });
      this.client.ip(`addr add ${CLIENT_IPV6}/64 dev ${device} nodad`, `link set ${device} up`);
    }
    for (const [node, links] of Object.entries(LINKS)) {
      const namespace = this.#net.namespace(node);
      namespace.setSysctls(SYSCTLS);
      this.#nodes.set(node, namespace);
      for (const [device, segment] of Object.entries(links)) this.#addInterface(node, device, segment);
    }
  }

  node(name: string): NetworkNamespace {
    const namespace = this.#nodes.get(name);
    if (namespace === undefined) throw new Error(`the network has no node ${name}`);
    return namespace;
  }

  /** `n2:eth1`; the MAC address itself if no node has it. */
  ownerOf(mac: string): string {
    return this.#owners.get(mac) ?? mac;
  }

  /** MAC addresses of all interfaces of nodes. */
  macs(): readonly string[] {
    return [...this.#owners.keys()];
  }

  /** A further interface of a node, which the case adds. */
  addLink(node: string, device: string, segment: Segment): void {
    this.#addInterface(node, device, segment);
    this.#added.set(`${node}:${device}`, { node, device });
  }

  removeLink(node: string, device: string): void {
    this.node(node).ip(`link del ${device}`);
    this.#added.delete(`${node}:${device}`);
  }

  /** `cable`: the interface loses its carrier instead of being set down. */
  setLinkDown(node: string, device: string, cable: boolean): void {
    if (cable) this.hub.ip(`link set ${portOf(node, device)} down`);
    else this.node(node).ip(`link set ${device} down`);
  }

  setLinkUp(node: string, device: string): void {
    this.hub.ip(`link set ${portOf(node, device)} up`);
    this.node(node).ip(`link set ${device} up`, ...addressLines(node, device));
  }

  /** Nodes of different groups do not reach each other; the API server and the client reach all. */
  partition(groups: readonly (readonly string[])[]): void {
    this.heal();
    for (const group of groups)
      for (const node of group)
        for (const other of groups.filter((one) => one !== group).flat()) {
          this.node(node).ip(`route add blackhole ${nodeAddress(other)}/32`);
          this.#blocked.push([node, nodeAddress(other)]);
        }
  }

  heal(): void {
    for (const [node, address] of this.#blocked.splice(0))
      this.node(node).ip(`route del blackhole ${address}/32`);
  }

  /** All links and routes as at the beginning. */
  reset(): void {
    this.heal();
    for (const { node, device } of [...this.#added.values()]) this.removeLink(node, device);
    for (const [node, links] of Object.entries(LINKS))
      for (const device of Object.keys(links)) this.setLinkUp(node, device);
  }

  destroy(): void {
    this.#net.destroy();
  }

  #addInterface(node: string, device: string, segment: Segment): void {
    this.#interfaces += 1;
    const mac = `02:00:00:00:0${numberOf(node)}:${this.#interfaces.toString(16).padStart(2, '0')}`;
    this.#owners.set(mac, `${node}:${device}`);
    const namespace = this.node(node);
    this.#connect(namespace, device, { segment, port: portOf(node, device), mac });
    namespace.ip(...addressLines(node, device), `link set ${device} up`);
  }

  #connect(
    namespace: NetworkNamespace,
    device: string,
    { segment, port, mac }: { readonly segment: Segment; readonly port: string; readonly mac: string },
  ): void {
    this.hub.ip(
      `link add ${port} type veth peer name ${device} address ${mac} netns ${namespace.fullName}`,
      `link set ${port} master br${segment}`,
      `link set ${port} up`,
    );
  }
}

const portOf = (node: string, device: string): string => `v${node}${device}`;

/** Replaced where the kernel still has them: it drops IPv6 addresses of an interface that is set down. */
function addressLines(node: string, device: string): readonly string[] {
  const prefix = ADDRESSES[device];
  if (prefix === undefined) return [];
  return [
    `addr replace ${prefix.ipv4}${numberOf(node)}/24 dev ${device}`,
    `addr replace ${prefix.ipv6}${numberOf(node)}/64 dev ${device} nodad`,
  ];
}
