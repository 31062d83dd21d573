/** What is read of a live cluster, and what becomes of what may not be read. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readCalicoObjects } from '../../../src/cli/cluster/calico-objects.ts';
import { ClusterReading } from '../../../src/cli/cluster/cluster-reading.ts';
import type { ApiOutcome, ApiRequest, ApiSender } from '../../../src/kube/http/api-request.ts';

const refused = (status: number): ApiOutcome => ({
  kind: 'refused',
  status,
  reason: '',
  message: `says ${status}`,
  retryAfter: null,
});

const kinds = (...names: readonly (readonly [plural: string, kind: string])[]) => ({
  resources: names.map(([name, kind]) => ({ name, kind })),
});

const ALL = kinds(['bgpconfigurations', 'BGPConfiguration'], ['bgppeers', 'BGPPeer'], ['tiers', 'Tier']);

type Responses = Readonly<Record<string, ApiOutcome | { readonly items: readonly unknown[] }>>;

/** A server that answers by path; lists are empty where nothing else is said. */
class FakeServer implements ApiSender {
  readonly requestedPaths: string[] = [];
  readonly #answers: Responses;

  constructor(answers: Responses) {
    this.#answers = answers;
  }

  send({ path }: ApiRequest): Promise<ApiOutcome> {
    const [bare = ''] = path.split('?');
    this.requestedPaths.push(bare);
    const answer = this.#answers[bare];
    if (answer !== undefined && 'kind' in answer) return Promise.resolve(answer);
    const body = { metadata: { resourceVersion: '1' }, items: answer?.items ?? [] };
    return Promise.resolve(
      bare.split('/').length <= 4 && bare.includes('calico.org')
        ? refused(404)
        : { kind: 'ok', status: 200, body },
    );
  }
}

const readingOf = (sender: ApiSender): ClusterReading =>
  new ClusterReading({
    ...{ sender, description: 'the cluster', namespace: 'metallb-system' },
    progress: () => {},
  });

const read = (server: FakeServer, readSecrets = false) =>
  readCalicoObjects({ reading: readingOf(server), readSecrets, namespace: '' });

const discovery = (body: unknown): ApiOutcome => ({ kind: 'ok', status: 200, body });

it('prefers the newer group, and reads what it serves', async () => {
  const server = new FakeServer({
    '/apis/projectcalico.org/v3': discovery(ALL),
    '/apis/crd.projectcalico.org/v1': discovery(ALL),
  });
  const gathered = await read(server);
  assert.ok(typeof gathered !== 'string');
  assert.ok(gathered.read.has('BGPPeer'));
  assert.ok(!gathered.read.has('Tier'));
  assert.ok(!server.requestedPaths.some((path) => path.startsWith('/apis/crd.projectcalico.org/v1/')));
});

it('reads the older where the newer is listed and does not answer', async () => {
  const server = new FakeServer({
    '/apis/projectcalico.org/v3': discovery(ALL),
    '/apis/projectcalico.org/v3/bgpconfigurations': refused(503),
    '/apis/crd.projectcalico.org/v1': discovery(ALL),
    '/apis/crd.projectcalico.org/v1/bgppeers': { items: [{ metadata: { name: 'tor' } }] },
  });
  const gathered = await read(server);
  assert.ok(typeof gathered !== 'string');
  assert.deepEqual(
    gathered.objects.map(({ kind, apiVersion }) => [kind, apiVersion]),
    [['BGPPeer', 'crd.projectcalico.org/v1']],
  );
});

it('says what it may not read, and goes on', async () => {
  const server = new FakeServer({
    '/apis/apps/v1/daemonsets': refused(403),
    '/apis/projectcalico.org/v3': discovery(ALL),
  });
  const gathered = await read(server);
  assert.ok(typeof gathered !== 'string');
  assert.match(gathered.unread.get('DaemonSet') ?? '', /daemonsets cannot be read/);
  assert.ok(gathered.read.has('BGPPeer'));
});

it('credentials that are not valid are a failure', async () => {
  const server = new FakeServer({ '/api/v1/services': refused(401) });
  assert.match(String(await read(server)), /the cluster cannot be read: refused with 401/);
});

it('a cluster that refuses every list is a failure', async () => {
  for (const status of [403, 500]) {
    const sender: ApiSender = { send: () => Promise.resolve(refused(status)) };
    const gathered = await readCalicoObjects({
      reading: readingOf(sender),
      readSecrets: false,
      namespace: '',
    });
    assert.match(String(gathered), /nothing in the cluster can be read: services, [^:]* cannot be read/);
  }
});

it('Calico that is served and does not answer is reported', async () => {
  for (const answers of [
    { '/apis/projectcalico.org/v3': refused(503) },
    {
      '/apis/projectcalico.org/v3': discovery(ALL),
      '/apis/projectcalico.org/v3/bgpconfigurations': refused(503),
    },
  ]) {
    const gathered = await read(new FakeServer(answers));
    assert.ok(typeof gathered !== 'string');
    assert.match(
      [...gathered.unread.values()].join(),
      /projectcalico\.org\/v3 cannot be read: refused with 503/,
    );
  }
});

it('a cluster that does not answer is a failure', async () => {
  const sender: ApiSender = { send: () => Promise.resolve({ kind: 'unsent', because: 'nobody there' }) };
  const gathered = await readCalicoObjects({ reading: readingOf(sender), readSecrets: false, namespace: '' });
  assert.match(String(gathered), /the cluster cannot be read.*nobody there/);
});

it('looks at the keys of a named Secret, and at its values only where it is told to', async () => {
  const peer = {
    metadata: { name: 'tor' },
    spec: { password: { secretKeyRef: { name: 'bgp', key: 'tor' } } },
  };
  const server = () =>
    new FakeServer({
      '/apis/projectcalico.org/v3': discovery(ALL),
      '/apis/projectcalico.org/v3/bgppeers': { items: [peer] },
      '/api/v1/namespaces/kube-system/secrets/bgp': {
        kind: 'ok',
        status: 200,
        body: { metadata: { name: 'bgp' }, data: { tor: 'czNjcmV0' } },
      },
    });
  for (const [readSecrets, value] of [
    [false, ''],
    [true, 'czNjcmV0'],
  ] as const) {
    const gathered = await read(server(), readSecrets);
    assert.ok(typeof gathered !== 'string');
    const secret = gathered.objects.find(({ kind }) => kind === 'Secret');
    assert.deepEqual(secret?.['data'], { tor: value });
  }
});
