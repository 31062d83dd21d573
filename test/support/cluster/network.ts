/**
 * The network of a cluster, dual-stack: a LAN with the control plane and the nodes, a router, a client behind the router, and one
 * more host on the LAN. Pods are routed, without tunnels or NAT.
 */
import { type NetworkNamespace, TestNetwork } from '../netns/network.ts';

/** Nodes have 11, 12, … on the LAN. */
const FIRST_NODE = 10;
export const NODES_MAX = 5;

const LAN = { ipv4: '10.90.0', ipv6: 'fd90::' };

export type Addresses = { readonly ipv4: string; readonly ipv6: string };

const onLan = (host: number): Addresses => ({ ipv4: `${LAN.ipv4}.${host}`, ipv6: `${LAN.ipv6}${host}` });

export const ROUTER = onLan(1);
export const CONTROL_PLANE = onLan(10);
/** A machine of the LAN that belongs to no cluster. */
export const NEIGHBOUR = onLan(200);
export const CLIENT: Addresses = { ipv4: '10.91.0.2', ipv6: 'fd91::2' };

export const nodeAddresses = (number: number): Addresses => onLan(FIRST_NODE + number);

export const podPrefixes = (number: number): Addresses => ({
  ipv4: `10.244.${number}.0/24`,
  ipv6: `fd44:0:0:${number}::/64`,
});

export class ClusterNetwork {
  readonly lan: NetworkNamespace;
  readonly controlPlane: NetworkNamespace;
  readonly router: NetworkNamespace;
  readonly client: NetworkNamespace;
  readonly neighbour: NetworkNamespace;
  readonly #nodes: NetworkNamespace[] = [];
  readonly #network = new TestNetwork();

  constructor(nodes: number) {
    const network = this.#network;
    this.lan = network.namespace('lan');
    this.lan.ip('link add lan type bridge', 'link set lan up');
    this.controlPlane = network.namespace('control-plane');
    this.router = network.namespace('router');
    this.client = network.namespace('client');
    this.neighbour = network.namespace('neighbour');
    this.#connect(this.controlPlane, CONTROL_PLANE);
    this.#connect(this.router, ROUTER);
    this.#connect(this.neighbour, NEIGHBOUR);
    this.#connectClient();
    for (const one of [this.controlPlane, this.neighbour]) addDefaultRoutes(one);
    for (let count = 0; count < nodes; count++) this.addNode();
  }

  get nodes(): readonly NetworkNamespace[] {
    return this.#nodes;
  }

  /** One more host for a node, with the next number. */
  addNode(): NetworkNamespace {
    const number = this.#nodes.length + 1;
    if (number > NODES_MAX) throw new RangeError(`a cluster has at most ${NODES_MAX} nodes`);
    const node = this.#network.namespace(`n${number}`);
    this.#connect(node, nodeAddresses(number));
    addDefaultRoutes(node);
    for (let other = 1; other < number; other++) routeToPods([node], other);
    routeToPods([this.controlPlane, this.router, this.neighbour, ...this.#nodes], number);
    this.#nodes.push(node);
    return node;
  }

  /** A folder that is removed together with the network. */
  get path(): string {
    return this.#network.path;
  }

  /** Takes down or up a node's port of the LAN. The node's own interface stays up, and so do its routes. */
  setPort(node: number, state: 'up' | 'down'): void {
    this.lan.ip(`link set n${node} ${state}`);
  }

  destroy(): void {
    this.#network.destroy();
  }

  #connect(host: NetworkNamespace, { ipv4, ipv6 }: Addresses): void {
    this.lan.addVeth(host.name, host, 'eth0');
    this.lan.ip(`link set ${host.name} master lan`);
    host.ip(`addr add ${ipv4}/24 dev eth0`, `addr add ${ipv6}/64 dev eth0 nodad`);
  }

  #connectClient(): void {
    this.router.addVeth('client', this.client, 'eth0');
    this.router.ip('addr add 10.91.0.1/24 dev client', 'addr add fd91::1/64 dev client nodad');
    this.client.ip(
      `addr add ${CLIENT.ipv4}/24 dev eth0`,
      `addr add ${CLIENT.ipv6}/64 dev eth0 nodad`,
      'route add default via 10.91.0.1',
      'route add default via fd91::1',
    );
    // A connection keeps its next hop by addresses and ports, as routers of data centres do.
    for (const host of [this.router, this.neighbour])
      host.setSysctls({ 'ipv4/fib_multipath_hash_policy': '1', 'ipv6/fib_multipath_hash_policy': '1' });
  }
}

/** Routes from some hosts to the Pods of a node. */
function routeToPods(hosts: readonly NetworkNamespace[], number: number): void {
  const via = nodeAddresses(number);
  const pods = podPrefixes(number);
  for (const host of hosts)
    host.ip(`route replace ${pods.ipv4} via ${via.ipv4}`, `route replace ${pods.ipv6} via ${via.ipv6}`);
}

function addDefaultRoutes(host: NetworkNamespace): void {
  host.ip(`route replace default via ${ROUTER.ipv4}`, `route replace default via ${ROUTER.ipv6}`);
}
