/** `berth playground --pool-namespace`: where the controller and the speakers look for objects of metallb.io. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createTempFolder } from '../cli/support/temp-folder.ts';
import { openPlayground } from './support/in-process-playground.ts';

const MANIFESTS = `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: one, namespace: network}
spec: {addresses: [192.0.2.7/32]}
---
apiVersion: v1
kind: Service
metadata: {name: a}
spec: {type: LoadBalancer, ports: [{port: 80}]}
`;

/** `berth playground --once` in an environment; FILE stands for the manifests above. */
async function once(
  t: TestContext,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
) {
  const path = join(createTempFolder(t, { 'elsewhere.yaml': MANIFESTS }), 'elsewhere.yaml');
  const opened = openPlayground(['--once', ...args.map((one) => (one === 'FILE' ? path : one))], {
    environment,
  });
  return { code: await opened.ended, out: opened.stdout.text, err: opened.stderr.text };
}

test('a pool elsewhere is passed over, and the remark names the flag', async (t) => {
  const { out, err } = await once(t, ['-f', 'FILE', '--create-namespace']);
  assert.match(out + err, /--pool-namespace network has them look there/);
});

test('with the flag, the Service has an address of the pool', async (t) => {
  const { code, out, err } = await once(t, ['-f', 'FILE', '--pool-namespace', 'network']);
  assert.equal(code, 0, err);
  assert.match(out, /^default\/a +IPv4 +192\.0\.2\.7 +one$/m);
});

test('METALLB_NAMESPACE is as good as the flag, as in every other command', async (t) => {
  const { code, out, err } = await once(t, ['-f', 'FILE'], { METALLB_NAMESPACE: 'network' });
  assert.equal(code, 0, err);
  assert.match(out, /^default\/a +IPv4 +192\.0\.2\.7 +one$/m);
});

test('the examples have a namespace of their own, whatever METALLB_NAMESPACE says', async (t) => {
  const { code, err } = await once(t, [], { METALLB_NAMESPACE: 'network' });
  assert.equal(code, 0, err);
});

test('without files of your own, the flag is a usage error', async (t) => {
  const { code, out, err } = await once(t, ['--pool-namespace', 'network']);
  assert.deepEqual([code, out], [2, '']);
  assert.match(err, /--pool-namespace is for files of your own: add -f/);
});
