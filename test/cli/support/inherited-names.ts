/** Objects in which one name is everything that people choose: a field, a label, an annotation, a pool, a kind. */
import type { Raw } from '../../../src/base/json.ts';
import { HEALTHY } from '../../calico/support/clusters.ts';

/** Keys that are replaced by the name. */
const [FIELD, LABEL, ANNOTATION] = ['<field>', '<label>', 'berth.dev/<annotation>'];

const metallb = (kind: string, name: string, spec: Raw, version = 'v1beta1'): Raw => ({
  ...{ apiVersion: `metallb.io/${version}`, kind },
  metadata: { ...metadata(name), namespace: 'metallb-system' },
  spec: { [FIELD]: 1, ...spec },
});

const calico = (kind: string, name: string, spec: Raw): Raw => ({
  ...{ apiVersion: 'projectcalico.org/v3', kind, metadata: metadata(name) },
  spec: { [FIELD]: 1, ...spec },
});

const metadata = (name: string, rest: Raw = {}): Raw => ({
  ...{ name, labels: { [LABEL]: name }, annotations: { [ANNOTATION]: name } },
  ...rest,
});

const service = (name: string, namespace: string, pool: string, rest: Raw = {}): Raw => ({
  ...{ apiVersion: 'v1', kind: 'Service' },
  metadata: {
    ...{ name, namespace, uid: `uid-${name}`, labels: { [LABEL]: name } },
    annotations: { [ANNOTATION]: pool, 'metallb.io/address-pool': pool, 'metallb.io/allow-shared-ip': pool },
  },
  spec: { type: 'LoadBalancer', [FIELD]: 1, ports: [{ port: 80, [FIELD]: 1, name: pool }] },
  ...rest,
});

const objects = (name: string): readonly Raw[] => {
  const selectors = [{ matchLabels: { [LABEL]: name } }];
  const serviceAllocation = { priority: 1, [FIELD]: 2, namespaces: [name], serviceSelectors: selectors };
  return [
    metallb('IPAddressPool', name, { addresses: ['192.0.2.0/28'], serviceAllocation }),
    metallb('IPAddressPool', 'other', { addresses: ['192.0.2.32/28'] }),
    metallb('BGPAdvertisement', name, { ipAddressPools: [name], communities: [name], peers: [name] }),
    metallb('L2Advertisement', name, { ipAddressPools: [name], nodeSelectors: selectors }),
    metallb('Community', name, { communities: [{ name, value: '65000:1', [FIELD]: 3 }] }),
    metallb('BFDProfile', name, {}),
    metallb(
      'BGPPeer',
      name,
      { peerAddress: '10.10.0.1', peerASN: 65116, myASN: 64500, bfdProfile: name, vrf: name },
      'v1beta2',
    ),
    metallb(name, name, {}),
    { apiVersion: 'v1', kind: 'Namespace', metadata: metadata(name) },
    { apiVersion: 'v1', kind: 'Node', metadata: metadata(name), status: {} },
    service(name, name, name),
    service('third', name, name, { status: { loadBalancer: { ingress: [{ ip: '192.0.2.5' }] } } }),
    calico('BGPPeer', name, { peerIP: '10.10.0.1', asNumber: 65116, filters: [name] }),
    calico('BGPFilter', name, { exportV4: [{ action: 'Accept', [FIELD]: 1 }] }),
    calico('IPPool', name, { cidr: '10.99.0.0/16' }),
    calico('BGPConfiguration', 'default', {
      serviceLoadBalancerIPs: [{ cidr: '192.0.2.0/28', [FIELD]: 2 }],
      communities: [{ name, value: '65000:1' }],
    }),
  ];
};

/** The documents as text, so that a key may be called `__proto__`. */
export function namedManifests(name: string): string {
  const healthy = HEALTHY.filter(({ kind }) => kind !== 'BGPConfiguration');
  return [...healthy, ...objects(name)]
    .map((raw) => JSON.stringify(raw).replaceAll(/<(field|label|annotation)>/g, name))
    .join('\n---\n');
}
