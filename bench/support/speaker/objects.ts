/** The objects of a speaker beside its Services: the Node, a pool, an advertisement of all Services, and peers. */
import { NAMESPACE } from '../test-bed.ts';
import { COLLECTOR_ADDRESS, NODE_ADDRESS } from './network-namespace.ts';

export const NODE = 'bench';
export const NODE_AS = 65_001;
export const ROUTER_AS = 65_116;
export const ADVERTISEMENT = 'all';

const metalLB = (kind: string, version: string, name: string, spec: object) => ({
  apiVersion: `metallb.io/${version}`,
  kind,
  metadata: { name, namespace: NAMESPACE },
  spec,
});

export const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: NODE, labels: { 'kubernetes.io/hostname': NODE } },
  status: { addresses: [{ type: 'InternalIP', address: NODE_ADDRESS }] },
} as const;

export const pool = metalLB('IPAddressPool', 'v1beta1', 'main', { addresses: ['10.50.0.0/16'] });

export const advertisement = metalLB('BGPAdvertisement', 'v1beta1', ADVERTISEMENT, {});

/** A peer at this port of the collector, unless `spec` overrides it. */
export const peer = (name: string, peerPort: number, spec: object = {}) =>
  metalLB('BGPPeer', 'v1beta2', name, {
    ...{ myASN: NODE_AS, peerASN: ROUTER_AS, peerAddress: COLLECTOR_ADDRESS, peerPort },
    ...{ sourceAddress: NODE_ADDRESS, holdTime: '90s', ebgpMultiHop: true },
    ...spec,
  });

export const pathTo = (plural: string, name = ''): string => {
  const version = plural === 'bgppeers' ? 'v1beta2' : 'v1beta1';
  return `/apis/metallb.io/${version}/namespaces/${NAMESPACE}/${plural}${name === '' ? '' : `/${name}`}`;
};
