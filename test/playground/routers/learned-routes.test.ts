import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { root } from '../../../dev/place.mjs';
import type { Raw } from '../../../src/base/json.ts';
import { decodeClusterObjects } from '../../../src/calico/objects/cluster-object.ts';
import { type LearnedRoutes, predictLearnedRoutes } from '../../../src/playground/routers/learned-routes.ts';

const READ = new Set([
  ...['BGPConfiguration', 'BGPPeer', 'BGPFilter', 'IPPool', 'BlockAffinity', 'IPReservation'],
  ...['Node', 'Service', 'EndpointSlice', 'IPAddressPool'],
]);

const configuration = (...cidrs: readonly string[]): Raw => ({
  kind: 'BGPConfiguration',
  metadata: { name: 'default' },
  spec: { nodeToNodeMeshEnabled: false, serviceLoadBalancerIPs: cidrs.map((cidr) => ({ cidr })) },
});

const peer = (peerIP: string, parts: Raw = {}): Raw => ({
  kind: 'BGPPeer',
  metadata: { name: `to-${peerIP.replaceAll(':', '-')}` },
  spec: { peerIP, asNumber: 65116, ...parts },
});

const nodes = (count: number): readonly Raw[] =>
  Array.from({ length: count }, (_, index) => ({
    kind: 'Node',
    metadata: {
      name: `w${index + 1}`,
      annotations: {
        'projectcalico.org/IPv4Address': `10.10.0.${11 + index}/24`,
        'projectcalico.org/IPv6Address': `fd00:10::${11 + index}/64`,
      },
    },
  }));

const service = (ips: readonly string[], externalTrafficPolicy = 'Cluster'): Raw => ({
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    type: 'LoadBalancer',
    clusterIP: '10.96.0.9',
    clusterIPs: ips.map((ip, index) => (ip.includes(':') ? `fd00:96::${index + 1}` : '10.96.0.9')),
    ipFamilies: ips.map((ip) => (ip.includes(':') ? 'IPv6' : 'IPv4')),
    externalTrafficPolicy,
  },
  status: { loadBalancer: { ingress: ips.map((ip) => ({ ip })) } },
});

const slice = (...on: readonly string[]): Raw => ({
  kind: 'EndpointSlice',
  metadata: { name: 'web-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  endpoints: on.map((nodeName) => ({
    addresses: ['10.244.0.1'],
    conditions: { ready: true },
    nodeName,
  })),
});

const RANGE = configuration('192.0.2.0/24');
const TOR = peer('10.10.0.1');
const BOTH = ['192.0.2.7', '2001:db8::7'];

const learned = (...objects: readonly Raw[]): LearnedRoutes => {
  const found = predictLearnedRoutes(decodeClusterObjects(objects), READ).get('shop/web');
  assert.ok(found);
  return found;
};

describe('the predicted routes of a Service', () => {
  type Want = Readonly<Record<string, readonly string[]>>;
  const rows: readonly [says: string, objects: readonly Raw[], want: Want, note: RegExp | null][] = [
    [
      'every node with a peer advertises an address of a listed range',
      [RANGE, TOR, ...nodes(3), service(['192.0.2.7']), slice('w1')],
      { '192.0.2.7': ['10.10.0.1 via w1 w2 w3'] },
      null,
    ],
    [
      'the nodes with an endpoint advertise an address of a Local Service',
      [RANGE, TOR, ...nodes(3), service(['192.0.2.7'], 'Local'), slice('w3', 'w2')],
      { '192.0.2.7': ['10.10.0.1 via w2 w3'] },
      null,
    ],
    [
      'at most four nodes are named',
      [RANGE, TOR, ...nodes(9), service(['192.0.2.7']), slice('w1')],
      { '192.0.2.7': ['10.10.0.1 via w1 w2 w3 w4 +5'] },
      null,
    ],
    [
      'each router has a line',
      [RANGE, TOR, peer('10.10.0.2', { node: 'w2' }), ...nodes(2), service(['192.0.2.7']), slice('w1')],
      { '192.0.2.7': ['10.10.0.1 via w1 w2', '10.10.0.2 via w2'] },
      null,
    ],
    [
      'each address is advertised to the router of its family',
      [
        configuration('192.0.2.0/24', '2001:db8::/64'),
        ...[TOR, peer('fd00:10::1'), ...nodes(2), service(BOTH), slice('w1')],
      ],
      { '192.0.2.7': ['10.10.0.1 via w1 w2'], '2001:db8::7': ['fd00:10::1 via w1 w2'] },
      null,
    ],
    [
      'a reason belongs to one address',
      [RANGE, TOR, peer('fd00:10::1'), ...nodes(1), service(BOTH), slice('w1')],
      { '192.0.2.7': ['10.10.0.1 via w1'], '2001:db8::7': ['RangeNotListed'] },
      /^2001:db8::7 is learned by no router: /,
    ],
    [
      'without a peer no router learns the address',
      [RANGE, ...nodes(2), service(['192.0.2.7']), slice('w1')],
      { '192.0.2.7': ['NoPeer'] },
      /^192\.0\.2\.7 is learned by no router: /,
    ],
    [
      'with a route from a wrong node the reason replaces all routes',
      [
        { ...RANGE, spec: { serviceLoadBalancerIPs: [{ cidr: '192.0.2.0/24' }] } },
        ...[TOR, ...nodes(3), service(['192.0.2.7'], 'Local'), slice('w1')],
      ],
      { '192.0.2.7': ['LocalLeak'] },
      /^192\.0\.2\.7 is announced by the wrong nodes, too: /,
    ],
  ];
  for (const [says, objects, want, note] of rows) {
    it(says, () => {
      const found = learned(...objects);
      assert.deepEqual(Object.fromEntries(found.byAddress), want);
      assert.equal(found.isOk, note === null, found.note ?? '');
      if (note === null) assert.equal(found.note, null);
      else assert.match(found.note ?? '', note);
    });
  }

  it('a router that does not learn the address is noted, though another one does', () => {
    const filtered = peer('10.10.0.2', { filters: ['none'] });
    const filter = {
      kind: 'BGPFilter',
      metadata: { name: 'none' },
      spec: { exportV4: [{ action: 'Reject' }] },
    };
    const found = learned(RANGE, TOR, filtered, filter, ...nodes(1), service(['192.0.2.7']), slice('w1'));
    assert.deepEqual([...found.byAddress], [['192.0.2.7', ['10.10.0.1 via w1']]]);
    assert.equal(found.isOk, true);
    assert.match(found.note ?? '', /not to 10\.10\.0\.2 \(P25 filter-rejects\)/);
  });

  it('kinds that cannot be read give the reason NotVisible', () => {
    const objects = [RANGE, TOR, ...nodes(1), service(['192.0.2.7']), slice('w1')];
    const read = new Set([...READ].filter((kind) => kind !== 'IPPool' && kind !== 'Node'));
    const found = predictLearnedRoutes(
      decodeClusterObjects(objects.filter(({ kind }) => kind !== 'Node')),
      read,
    ).get('shop/web');
    assert.deepEqual([...(found?.byAddress ?? [])], [['192.0.2.7', ['NotVisible']]]);
  });

  it('a Service without an address has no entry', () =>
    assert.equal(
      predictLearnedRoutes(decodeClusterObjects([RANGE, TOR, ...nodes(1), service([])]), READ).size,
      0,
    ));
});

it('the manifests of the playground have the BGP settings of the examples', () => {
  const spec = (file: string, kind: string): Raw => {
    const documents = parseAllDocuments(readFileSync(join(root, 'examples', file), 'utf8'));
    return documents.map((one) => one.toJS() as Raw).find((raw) => raw['kind'] === kind)?.['spec'] as Raw;
  };
  const shown = 'playground/5-calico.yaml';
  assert.deepEqual(spec(shown, 'BGPPeer'), spec('bgppeer.yaml', 'BGPPeer'));
  for (const field of ['nodeToNodeMeshEnabled', 'asNumber', 'communities']) {
    const [here, there] = [shown, 'bgpconfiguration.yaml'].map(
      (file) => spec(file, 'BGPConfiguration')[field],
    );
    assert.deepEqual(here, there, field);
  }
});
