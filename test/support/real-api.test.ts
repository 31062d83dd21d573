import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { skipWithoutKubernetesBinaries } from './kubernetes-binaries.ts';
import { createNamespace } from './namespace.ts';
import { dedicatedApi, sharedApi } from './real-api.ts';

describe('the API server that a run shares', { skip: skipWithoutKubernetesBinaries() }, () => {
  it('gives two callers namespaces of their own and answers them by HTTP and kubectl', async () => {
    const api = await sharedApi();
    const [mine, theirs] = [await createNamespace(api, { team: 'a' }), await createNamespace(api)];
    assert.notEqual(mine, theirs);
    const shown = await api.kubectl(['get', 'namespace', mine, '-o', 'jsonpath={.metadata.labels.team}']);
    assert.deepEqual(shown, { code: 0, stdout: 'a', stderr: '' });
    const missing = await api.request<{ reason: string }>('GET', '/api/v1/namespaces/no-such-thing');
    assert.deepEqual([missing.status, missing.body.reason], [404, 'NotFound']);
    await assert.rejects(api.requestOk('GET', '/api/v1/namespaces/no-such-thing'), /answered 404.*not found/);
  });

  it('takes objects from the standard input of kubectl', async () => {
    const api = await sharedApi();
    const namespace = await createNamespace(api);
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace },
      spec: { type: 'LoadBalancer', ipFamilyPolicy: 'RequireDualStack', ports: [{ port: 80 }] },
    };
    const applied = await api.kubectl(['apply', '-f', '-'], { input: JSON.stringify(service) });
    assert.equal(applied.stdout, 'service/web created\n');
    const path = `/api/v1/namespaces/${namespace}/services/web`;
    const { spec } = await api.requestOk<{ spec: { ipFamilies: string[] } }>('GET', path);
    assert.deepEqual(spec.ipFamilies, ['IPv4', 'IPv6']);
    const patched = await api.requestOk<{ metadata: { labels: object } }>('PATCH', path, {
      metadata: { labels: { a: 'b' } },
    });
    assert.deepEqual(patched.metadata.labels, { a: 'b' });
  });
});

describe("an API server of one's own", { skip: skipWithoutKubernetesBinaries() }, () => {
  it('keeps its objects through a crash and a restart, forgets its history when told, and leaves nothing behind', async () => {
    const api = await dedicatedApi({
      authorization: 'RBAC',
      users: [{ name: 'nobody', token: 'token-of-nobody', groups: ['strangers'] }],
    });
    const namespace = await createNamespace(api);
    const path = `/api/v1/namespaces/${namespace}`;
    await api.kill9();
    await assert.rejects(api.request('GET', path), { code: 'ECONNREFUSED' });
    await api.restartApiServer();
    assert.equal((await api.request('GET', path)).status, 200);
    const unfreeze = await api.freeze();
    let answered = false;
    const late = api.request('GET', path).then((answer) => {
      answered = true;
      return answer;
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(answered, false);
    unfreeze();
    assert.equal((await late).status, 200);

    // Page tokens are served from the API server's memory until it starts anew.
    const page = await api.requestOk<{ metadata: { continue: string } }>('GET', '/api/v1/namespaces?limit=1');
    await createNamespace(api);
    await api.compactEtcd();
    await api.restartApiServer();
    const next = `/api/v1/namespaces?limit=1&continue=${page.metadata.continue}`;
    assert.equal((await api.request('GET', next)).status, 410);

    const stranger = await api.kubectl(['get', 'pods', '-n', namespace, '--token', 'token-of-nobody']);
    assert.match(stranger.stderr, /User "nobody" cannot list resource "pods"/);

    const pids = Object.values(api.pids());
    await api.stop();
    assert.deepEqual(pids.filter(isRunning), []);
    assert.equal(existsSync(api.folder), false);
  });
});

/** A process that ended but was not waited for yet does not run any more. */
function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
