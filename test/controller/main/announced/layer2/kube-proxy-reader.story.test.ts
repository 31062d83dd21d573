import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  KUBE_PROXY_INTERVAL,
  KubeProxyReader,
} from '../../../../../src/controller/main/announced/layer2/kube-proxy-reader.ts';
import type { ApiOutcome } from '../../../../../src/kube/http/api-request.ts';
import { FakeClock } from '../../../../support/fake-clock.ts';

const configMap = (mode: string): ApiOutcome => ({
  ...{ kind: 'ok', status: 200, body: { data: { 'config.conf': `mode: ${mode}` } } },
});

it('kube-proxy is read at once and then now and then; what was read stays while nobody answers', async () => {
  const clock = new FakeClock();
  let outcome: ApiOutcome = configMap('ipvs');
  const paths: string[] = [];
  const client = {
    send: async ({ path }: { readonly path: string }): Promise<ApiOutcome> => {
      paths.push(path);
      return outcome;
    },
  };
  let changes = 0;
  const reader = new KubeProxyReader({ client, clock }, () => {
    changes += 1;
  });
  reader.start();
  await clock.advanceAsync(0);
  assert.deepEqual(reader.settings, { mode: 'ipvs', isStrictArp: false });
  const steps: readonly (readonly [ApiOutcome, string | undefined, number])[] = [
    [configMap('ipvs'), 'ipvs', 1],
    [{ kind: 'unsent', because: 'the API server is away' }, 'ipvs', 1],
    [configMap('nftables'), 'nftables', 2],
    [
      { kind: 'refused', status: 403, reason: 'Forbidden', message: '', retryAfter: null },
      ...([undefined, 3] as const),
    ],
  ];
  for (const [next, mode, changed] of steps) {
    outcome = next;
    await clock.advanceAsync(KUBE_PROXY_INTERVAL);
    assert.deepEqual([reader.settings?.mode, changes], [mode, changed]);
  }
  assert.deepEqual([...new Set(paths)], ['/api/v1/namespaces/kube-system/configmaps/kube-proxy']);
  reader.stop();
  assert.equal(clock.pending, 0);
});
