/**
 * The network of the observed cases of BGP: one Ethernet segment with every node and the routers, in network namespaces. Router rN
 * has the addresses 10.213.0.N and fd00:213::N, node nN 10.213.0.1N and fd00:213::1N. The routers are one namespace, the hub,
 * where the API server answers too.
 */
import type { Family } from '../../../../../src/net/address.ts';
import { type NetworkNamespace, TestNetwork } from '../../../../support/netns/network.ts';
import { API_ADDRESS, type BedNetwork } from './speaker-bed.ts';

/** Nodes and routers that cases have, by name. */
const NODES = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'] as const;
const ROUTERS = ['r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8'] as const;

const BRIDGE = 'br0';
const NODE_INTERFACE = 'eth0';

const FAMILIES: readonly Family[] = [4, 6];
const PREFIX_LENGTH: Readonly<Record<Family, number>> = { 4: 24, 6: 64 };

const addressAt = (family: Family, last: string): string =>
  family === 4 ? `10.213.0.${last}` : `fd00:213::${last}`;

export const routerAddress = (router: string, family: Family): string => addressAt(family, router.slice(1));
export const nodeAddress = (node: string, family: Family): string => addressAt(family, `1${node.slice(1)}`);

/** All addresses of nodes. */
export const nodeAddresses = (family: Family): readonly string[] =>
  NODES.map((node) => nodeAddress(node, family));

/** The node that has this address; the address itself if none has it. */
export const nodeWithAddress = (address: string): string =>
  NODES.find((node) => FAMILIES.some((family) => nodeAddress(node, family) === address)) ?? address;

export class BgpNetwork implements BedNetwork {
  readonly #net = new TestNetwork();
  readonly hub: NetworkNamespace;
  readonly #nodes = new Map<string, NetworkNamespace>();

  constructor() {
    this.hub = this.#net.namespace('hub');
    this.hub.ip(
      `link add ${BRIDGE} type bridge`,
      `link set ${BRIDGE} up`,
      `addr add ${API_ADDRESS}/${PREFIX_LENGTH[4]} dev ${BRIDGE}`,
      ...ROUTERS.flatMap((router) =>
        FAMILIES.map((family) => addAddress(routerAddress(router, family), family, BRIDGE)),
      ),
    );
    for (const node of NODES) this.#nodes.set(node, this.#addNode(node));
  }

  node(name: string): NetworkNamespace {
    const namespace = this.#nodes.get(name);
    if (namespace === undefined) throw new Error(`the network has no node ${name}`);
    return namespace;
  }

  destroy(): void {
    this.#net.destroy();
  }

  #addNode(name: string): NetworkNamespace {
    const namespace = this.#net.namespace(name);
    const port = `v${name}`;
    this.hub.addVeth(port, namespace, NODE_INTERFACE);
    this.hub.ip(`link set ${port} master ${BRIDGE}`);
    namespace.ip(...FAMILIES.map((family) => addAddress(nodeAddress(name, family), family, NODE_INTERFACE)));
    return namespace;
  }
}

const addAddress = (address: string, family: Family, device: string): string =>
  `addr add ${address}/${PREFIX_LENGTH[family]} dev ${device}${family === 6 ? ' nodad' : ''}`;
