/** A cluster that is followed: what is held is not listed again, and what is not held is. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { Raw } from '../../../../src/base/json.ts';
import { ClusterReading } from '../../../../src/cli/cluster/cluster-reading.ts';
import { FollowedCluster } from '../../../../src/cli/cluster/overview/followed-cluster.ts';
import type { ApiOutcome, ApiRequest } from '../../../../src/kube/http/api-request.ts';
import { decodeService } from '../../../../src/objects/service.ts';
import { type KindState, readKind } from '../../../../src/overview/knowledge.ts';
import { Overview } from '../../../../src/overview/overview.ts';

const NAMESPACE = 'metallb-system';
const SERVICE: Raw = {
  metadata: { name: 'web', namespace: 'shop', uid: 'u' },
  spec: { type: 'LoadBalancer' },
};
const POOL: Raw = {
  ...{ apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool' },
  metadata: { name: 'held', namespace: NAMESPACE },
  spec: { addresses: ['192.0.2.0/30'] },
};
const PATHS = {
  services: '/api/v1/services',
  pools: `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}/ipaddresspools`,
  namespaces: '/api/v1/namespaces',
};

function overviewOf(pools: readonly Raw[], services: KindState): Overview {
  const overview = new Overview({
    ...{
      poolNamespace: NAMESPACE,
      lbClass: null,
      foreignAddresses: 'keep',
      unmetRequests: 'keep',
      ipMode: null,
      poolGrace: 0,
    },
    ...{ source: 'a test', namespace: NAMESPACE, servicesFrom: 'status' },
  });
  const service = decodeService(SERVICE);
  assert.ok(service);
  overview.putService(service);
  overview.setServicesReading({ ...readKind('Service', [SERVICE]).reading, state: services });
  overview.setKind('IPAddressPool', readKind('IPAddressPool', pools, NAMESPACE));
  for (const kind of ['L2Advertisement', 'BGPAdvertisement'] as const)
    overview.setKind(kind, readKind(kind, [], NAMESPACE));
  return overview;
}

describe('the state of a cluster that is followed', () => {
  let asked: string[];
  beforeEach(() => {
    asked = [];
  });

  async function read(overview: Overview | null) {
    const sender = {
      send: async ({ path }: ApiRequest): Promise<ApiOutcome> => {
        asked.push(path.split('?')[0] ?? '');
        const items = path.startsWith(PATHS.services) ? [SERVICE] : [];
        return { kind: 'ok', status: 200, body: { metadata: {}, items } };
      },
    };
    const defaultNamespaces = { services: 'default', pools: NAMESPACE };
    const description = 'the cluster';
    const reading = new ClusterReading({ sender, description, namespace: NAMESPACE, progress: () => {} });
    const cluster = new FollowedCluster({ reading, defaultNamespaces, overview: () => overview });
    const state = await cluster.readState();
    assert.ok(state.ok, JSON.stringify(state));
    return state.value;
  }

  it('has what is held, and lists no Service and no pool again', async () => {
    const state = await read(overviewOf([POOL], 'read'));
    assert.deepEqual([...state.services.keys(), ...state.pools.keys()], ['shop/web', 'held']);
    assert.ok(!asked.includes(PATHS.services) && !asked.includes(PATHS.pools), asked.join(' '));
  });

  it('has the Namespaces, which are held only where a pool selects by them', async () => {
    await read(overviewOf([POOL], 'read'));
    assert.ok(asked.includes(PATHS.namespaces), asked.join(' '));
    asked.length = 0;
    const overview = overviewOf([POOL], 'read');
    const shop = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'a' } } };
    overview.setKind('Namespace', readKind('Namespace', [shop]));
    const state = await read(overview);
    assert.deepEqual(state.namespaces.get('shop'), { team: 'a' });
    assert.ok(!asked.includes(PATHS.namespaces), asked.join(' '));
  });

  for (const [says, overview] of [
    ['before everything was read once', () => null],
    ['while Services cannot be watched', () => overviewOf([POOL], 'unreachable')],
    ['without the right to read all Services', () => overviewOf([POOL], 'forbidden')],
    ['without a pool: one may be in another namespace', () => overviewOf([], 'read')],
  ] as const)
    it(`is listed ${says}`, async () => {
      const state = await read(overview());
      assert.deepEqual([...state.services.keys()], ['shop/web']);
      assert.ok(asked.includes(PATHS.services), asked.join(' '));
    });
});
