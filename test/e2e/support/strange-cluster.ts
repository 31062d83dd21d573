/** Clusters at the edges of what a page may have to show: names as long as Kubernetes admits, IPv6 alone, and leftovers of what was deleted. */
import type { Raw } from '../../../src/base/json.ts';

const NAMESPACE = 'metallb-system';
const TIME = '2026-01-01T00:00:00Z';
/** The longest that a label of DNS may be, and a name of labels. */
const LABEL = 'a'.repeat(63);
export const LONG_NAME = [LABEL, LABEL, LABEL, 'b'.repeat(61)].join('.');
export const LONG_SERVICE = `${LABEL}/${'s'.repeat(63)}`;
export const WAITING_SERVICES = 2_000;

const pool = (name: string, addresses: readonly string[], spec: Raw = {}): Raw => ({
  ...{ apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool', metadata: { name, namespace: NAMESPACE } },
  spec: { addresses, ...spec },
});

type ServiceOptions = {
  readonly address?: string;
  readonly pool?: string;
  readonly requests?: Readonly<Record<string, string>>;
  readonly reason?: string;
};

function service(
  key: string,
  { address, pool: from, requests = {}, reason = 'Assigned' }: ServiceOptions,
): Raw {
  const [namespace = '', name = ''] = key.split('/');
  const condition = {
    ...{ type: 'berth.dev/Assigned', status: address === undefined ? 'False' : 'True', reason },
    ...{ message: `The reason is ${reason}.`, lastTransitionTime: TIME },
  };
  return {
    ...{ apiVersion: 'v1', kind: 'Service' },
    metadata: {
      ...{ name, namespace, uid: key, creationTimestamp: TIME },
      annotations: {
        ...requests,
        ...(from === undefined ? {} : { 'metallb.io/ip-allocated-from-pool': from }),
      },
    },
    spec: {
      ...{ type: 'LoadBalancer', clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], ipFamilies: ['IPv4'] },
      ports: [{ port: 80 }],
    },
    status: {
      loadBalancer: address === undefined ? {} : { ingress: [{ ip: address }] },
      conditions: [condition],
    },
  };
}

const node = (name: string): Raw => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } });

const speaker = (name: string, status: Raw): Raw => ({
  ...{ apiVersion: 'berth.dev/v1alpha1', kind: 'SpeakerStatus', metadata: { name, namespace: NAMESPACE } },
  status: {
    node: name,
    phase: 'speaking',
    time: TIME,
    announced: { services: 1, prefixes: 1, digest: '' },
    ...status,
  },
});

const bySegment: Raw = {
  layer2: {
    interfaces: [
      { name: 'enp1s0f0np0', mac: '02:00:00:00:00:01', arp: true, ndp: true, subnets: ['192.0.2.0/24'] },
    ],
  },
};

const session = (peer: string, state: string, lastError: string | null): Raw => ({
  ...{ peer, address: '[2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]:179', state, since: TIME, lastError },
  ...{ ipv4: { wanted: 1, told: 1, refused: 0 }, ipv6: { wanted: 1, told: 1, refused: 0 } },
});

export const STRANGE: readonly Raw[] = [
  pool('everyday', ['192.0.2.0/29', '198.51.100.0/30', '203.0.113.0/24']),
  pool('ipv6', ['2001:db8:ffff:ffff::/64']),
  pool('overlaps', ['192.0.2.4-192.0.2.9']),
  pool(LONG_NAME, ['2001:db8:ffff:ffff:ffff:ffff:ffff:0-2001:db8:ffff:ffff:ffff:ffff:ffff:ff'], {
    autoAssign: false,
  }),
  service('shop/web', { address: '192.0.2.1', pool: 'everyday' }),
  service('shop/left', { address: '172.16.0.1', pool: 'deleted' }),
  service('shop/same', { requests: { 'metallb.io/loadBalancerIPs': '192.0.2.1' }, reason: 'AddressInUse' }),
  service(LONG_SERVICE, { address: '2001:db8:ffff:ffff:ffff:ffff:ffff:1', pool: LONG_NAME }),
  ...Array.from({ length: WAITING_SERVICES }, (_, index) =>
    service(`crowd/s${index}`, {
      requests: { 'metallb.io/address-pool': 'everyday' },
      reason: 'PoolExhausted',
    }),
  ),
  ...[node(LONG_NAME), node('w2')],
  speaker(LONG_NAME, { sessions: [session(LONG_NAME, 'Down', `Hold Timer Expired ${LABEL}`)], ...bySegment }),
  speaker('w2', { sessions: [session('tor', 'Established', null)], ...bySegment }),
];

export const ONLY_LAYER2: readonly Raw[] = [
  pool('everyday', ['192.0.2.0/28']),
  {
    ...{ apiVersion: 'metallb.io/v1beta1', kind: 'L2Advertisement' },
    ...{ metadata: { name: 'all', namespace: NAMESPACE }, spec: {} },
  },
  service('shop/web', { address: '192.0.2.1', pool: 'everyday' }),
  {
    ...{
      apiVersion: 'metallb.io/v1beta1',
      kind: 'ServiceL2Status',
      metadata: { name: 'l2-x', namespace: NAMESPACE },
    },
    status: { node: 'w1', serviceName: 'web', serviceNamespace: 'shop' },
  },
  ...['w1', 'w2'].flatMap((name) => [node(name), speaker(name, bySegment)]),
];

export const NO_POOLS: readonly Raw[] = [node('w1'), service('shop/web', { reason: 'NoPool' })];
