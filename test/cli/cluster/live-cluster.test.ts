import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClusterReading } from '../../../src/cli/cluster/cluster-reading.ts';
import { LiveCluster } from '../../../src/cli/cluster/live-cluster.ts';
import type { ApiOutcome, ApiRequest } from '../../../src/kube/http/api-request.ts';
import { SERVICES } from '../../../src/kube/resource.ts';

const list = (...items: readonly object[]): ApiOutcome => ({
  kind: 'ok',
  status: 200,
  body: { metadata: {}, items },
});
const body = (object: object): ApiOutcome => ({ kind: 'ok', status: 200, body: object });
const refused = (status: number): ApiOutcome => ({
  kind: 'refused',
  status,
  reason: 'R',
  message: 'm',
  retryAfter: null,
});

const service = (name: string, type = 'LoadBalancer') => ({
  metadata: { name, namespace: 'shop', uid: name },
  spec: { type },
});
const pool = (name: string) => ({
  metadata: { name, namespace: 'metallb-system' },
  spec: { addresses: ['192.0.2.0/30'] },
});

const METALLB = '/apis/metallb.io/v1beta1/namespaces/metallb-system';

/** What is asked for by the start of its path; everything else is an empty list. */
type Responses = Readonly<Record<string, (path: string) => ApiOutcome>>;

function startCluster(answers: Responses) {
  const progress: string[] = [];
  const sender = {
    send: async ({ path }: ApiRequest): Promise<ApiOutcome> => {
      const found = Object.entries(answers).find(([start]) => path.startsWith(start));
      return found?.[1](path) ?? list();
    },
  };
  const defaultNamespaces = { services: 'default', pools: 'metallb-system' };
  const reading = new ClusterReading({
    ...{ sender, description: 'the cluster', namespace: 'metallb-system' },
    progress: (text) => progress.push(text),
  });
  const live = new LiveCluster({ reading, defaultNamespaces });
  return { live, progress };
}

const serviceKeysOf = async (answers: Responses): Promise<readonly string[]> => {
  const state = await startCluster(answers).live.readState();
  assert.ok(state.ok, JSON.stringify(state));
  return [...state.value.services.keys()];
};

describe('the live cluster', () => {
  it('is read as far as addresses depend on it', async () => {
    const { live, progress } = startCluster({
      '/api/v1/services': () => list(service('web')),
      [`${METALLB}/ipaddresspools`]: () => list(pool('first')),
      '/api/v1/namespaces': () => list({ metadata: { name: 'shop', labels: { team: 'red' } } }),
      [`${METALLB}/l2advertisements`]: () =>
        list({ metadata: { name: 'x', namespace: 'metallb-system' }, spec: {} }),
    });
    const scene = await live.readState();
    assert.ok(scene.ok, JSON.stringify(scene));
    const { services, pools, namespaces } = scene.value;
    assert.deepEqual(
      [[...services.keys()], [...pools.keys()], [...namespaces]],
      [['shop/web'], ['first'], [['shop', { team: 'red' }]]],
    );
    assert.deepEqual([...scene.value.layer2OnlyPools()], ['first']);
    assert.equal(progress.at(-1), 'reading the cluster: 4 objects so far');
  });

  it('filters here where the server cannot', async () => {
    const names = await serviceKeysOf({
      '/api/v1/services': (path) =>
        path.includes('fieldSelector') ? refused(400) : list(service('web'), service('inner', 'ClusterIP')),
    });
    assert.deepEqual(names, ['shop/web']);
  });

  it('forgets what it had read when a list begins anew', async () => {
    let calls = 0;
    const page = (items: readonly object[], token: string): ApiOutcome => ({
      kind: 'ok',
      status: 200,
      body: { metadata: { continue: token }, items },
    });
    const names = await serviceKeysOf({
      '/api/v1/services': () =>
        [page([service('gone')], 't'), refused(410), page([service('web')], '')][calls++] ?? list(),
    });
    assert.deepEqual([names, calls], [['shop/web'], 3]);
  });

  const failures: readonly [says: string, start: string, outcome: ApiOutcome, want: string | null][] = [
    [
      'without the kinds',
      `${METALLB}/ipaddresspools`,
      refused(404),
      'the cluster does not serve ipaddresspools: install the CRDs with "berth crds | kubectl apply -f -"',
    ],
    ['without the right', '/api/v1/services', refused(403), 'you may not list services in this cluster: m'],
    [
      'without an answer',
      '/api/v1/namespaces',
      { kind: 'unknown', because: 'reset' },
      'namespaces cannot be listed: no answer: reset; check --kubeconfig and --context',
    ],
    ['without advertisements', `${METALLB}/bgpadvertisements`, refused(404), null],
    ['without the right to see advertisements', `${METALLB}/l2advertisements`, refused(403), null],
    ['with advertisements that do not come', `${METALLB}/l2advertisements`, refused(500), null],
  ];
  for (const [says, start, outcome, want] of failures) {
    it(`${says} is ${want === null ? 'no obstacle' : 'a sentence'}`, async () => {
      const scene = await startCluster({ [start]: () => outcome }).live.readState();
      assert.equal(scene.ok ? null : scene.error, want);
    });
  }

  it('has all that could be read, and says what could not', async () => {
    const starts = { '/api/v1/namespaces': refused(403), [`${METALLB}/l2advertisements`]: refused(500) };
    const answers = new Map(Object.entries(starts));
    const responders = Object.fromEntries([...answers].map(([start, outcome]) => [start, () => outcome]));
    const state = await startCluster(responders).live.readPartialState();
    assert.deepEqual([...state.missing.keys()], ['Namespace']);
    assert.deepEqual(state.unread, ['l2advertisements cannot be listed: refused with 500 R: m']);
    assert.equal(state.areAdvertisementsRead, false);
    assert.deepEqual([...state.layer2OnlyPools()], []);
  });

  it('finds one object, or none, or says why it cannot', async () => {
    const ref = { resource: SERVICES, namespace: 'shop', name: 'web' };
    const path = '/api/v1/namespaces/shop/services/web';
    const find = (outcome: ApiOutcome) => startCluster({ [path]: () => outcome }).live.findObject(ref);
    assert.deepEqual(await find(body(service('web'))), { ok: true, value: service('web') });
    assert.deepEqual(await find(refused(404)), { ok: true, value: null });
    assert.deepEqual(await find(refused(500)), {
      ok: false,
      error: 'Service web cannot be read: refused with 500 R: m',
    });
  });

  const families: readonly [says: string, answers: Responses, want: readonly string[]][] = [
    [
      'its ServiceCIDR',
      {
        '/apis/networking.k8s.io/v1/servicecidrs/kubernetes': () =>
          body({ spec: { cidrs: ['fd00::/108', '10.96.0.0/12'] } }),
      },
      ['IPv6', 'IPv4'],
    ],
    [
      'the Service that is always there, in older ones',
      {
        '/apis/networking.k8s.io': () => refused(404),
        '/api/v1/namespaces/default/services/kubernetes': () => body({ spec: { ipFamilies: ['IPv6'] } }),
      },
      ['IPv6'],
    ],
    [
      'nothing',
      { '/apis/networking.k8s.io': () => refused(403), '/api/v1/namespaces/default': () => refused(403) },
      ['IPv4'],
    ],
  ];
  for (const [says, answers, want] of families) {
    it(`has its families from ${says}`, async () =>
      assert.deepEqual(await startCluster(answers).live.readFamilies(), want));
  }

  const NODE_DAEMON_SET = '/apis/apps/v1/namespaces/kube-system/daemonsets/calico-node';
  const daemonSet = (backend: string) => ({
    metadata: { name: 'calico-node', namespace: 'kube-system' },
    spec: {
      template: {
        spec: {
          containers: [{ name: 'calico-node', env: [{ name: 'CALICO_NETWORKING_BACKEND', value: backend }] }],
        },
      },
    },
  });
  const IP_POOLS = '/apis/crd.projectcalico.org/v1/ippools';
  const balancers = { metadata: { name: 'balancers' }, spec: { allowedUses: ['LoadBalancer'] } };
  const CALICO: Responses = {
    [NODE_DAEMON_SET]: () => body(daemonSet('bird')),
    '/apis/projectcalico.org/': () => refused(404),
    [IP_POOLS]: () => list(balancers),
  };
  const forbidden = (path: string): Responses => ({ [path]: () => refused(403) });

  const claims: readonly [title: string, answers: Responses, mode: string | null, problem: RegExp | null][] =
    [
      ['an IPPool for load balancers', CALICO, 'AllServices', null],
      ['no IPPool for load balancers', { ...CALICO, [IP_POOLS]: () => list() }, null, null],
      ['no calico-node', { [IP_POOLS]: () => list(balancers) }, null, null],
      [
        'calico-node without BGP',
        { ...CALICO, [NODE_DAEMON_SET]: () => body(daemonSet('vxlan')) },
        null,
        null,
      ],
      ['a DaemonSet that may not be read', { ...forbidden('/apis/apps/'), ...CALICO }, 'AllServices', null],
      [
        'IPPools that may not be listed',
        { ...CALICO, ...forbidden(IP_POOLS) },
        null,
        /^ippools cannot be listed/,
      ],
    ];
  for (const [title, answers, mode, problem] of claims) {
    it(`claims of Calico's own allocator: ${title}`, async () => {
      const state = await startCluster(answers).live.readState();
      assert.ok(state.ok);
      const { claimObjects } = state.value;
      assert.equal(claimObjects.claims('auto')?.ipam?.mode ?? null, mode);
      if (problem === null) assert.equal(claimObjects.problem, null);
      else assert.match(claimObjects.problem ?? '', problem);
    });
  }
});
