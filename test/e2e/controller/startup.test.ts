/** Start without the CRDs, without rights, or with an invalid kubeconfig. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { readyz } from '../../controller/support/probe.ts';
import type { Program } from '../../controller/support/program.ts';
import { Rig } from '../../controller/support/rig.ts';
import { eventually, unchangedFor } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { freePort } from '../../support/real-api/ports.ts';

const NOBODY = { name: 'nobody', token: 'token-of-nobody', groups: ['strangers'] };

describe('starting on a real API server', { skip: skipWithoutKubernetesBinaries() }, () => {
  let rig: Rig;
  before(async () => {
    rig = await Rig.start({ crds: false, authorization: 'RBAC', users: [NOBODY] });
  });
  afterEach(() => rig.clean());
  after(() => rig?.stop());

  /** A kubeconfig for the API server, with `change` made to its text. */
  const kubeconfig = (name: string, change: (text: string) => string): string => {
    const path = join(rig.api.folder, name);
    const text = [
      'apiVersion: v1',
      'kind: Config',
      'current-context: it',
      `clusters: [{name: it, cluster: {server: "${rig.api.url}", certificate-authority: "${rig.api.caFile}"}}]`,
      'contexts: [{name: it, context: {cluster: it, user: it}}]',
      `users: [{name: it, user: {token: "${rig.api.token}"}}]`,
    ].join('\n');
    writeFileSync(path, change(text), { mode: 0o600 });
    return path;
  };

  const isPlain = (program: Program): void => {
    for (const text of [program.text, program.stderr]) assert.doesNotMatch(text, /\n? +at .*:\d+:\d+/);
  };

  it('waits for missing CRDs, logs that, and serves once they exist', async () => {
    const port = await freePort();
    const program = rig.program(
      'controller',
      ...['--kubeconfig', rig.api.kubeconfig, '--port', '0', '--health-probe-port', String(port)],
      '--leader-elect=false',
    );
    await eventually(async () => {
      const { status, text } = await readyz(port);
      assert.equal(status, 503);
      assert.match(text, /not listed yet: ipaddresspools \(the API server does not serve this kind\)/);
    });
    await rig.service('old', {}, { annotations: { 'metallb.io/ip-allocated-from-pool': 'p' } });
    await rig.editStatus('old', { loadBalancer: { ingress: [{ ip: '192.0.2.3' }] } });
    await unchangedFor(300, async () => (await rig.get('old')).metadata.resourceVersion);
    await rig.installCrds();
    await program.waitUntilServing();
    await eventually(async () => assert.equal((await readyz(port)).status, 200));
    await rig.pool('p', ['192.0.2.0/28']);
    await rig.service('web');
    await rig.waitForAddresses('web', '192.0.2.0');
    assert.deepEqual(await rig.addresses('old'), ['192.0.2.3']);
    isPlain(program);
  });

  it('reports each missing right', async () => {
    const path = kubeconfig('nobody.yaml', (text) => text.replace(rig.api.token, NOBODY.token));
    const program = rig.program(
      'controller',
      '--kubeconfig',
      path,
      '--port',
      '0',
      '--health-probe-port',
      '0',
    );
    const line = await program.waitForLog('watch failing');
    assert.match(String(line['because']), /refused with 403 Forbidden: .*User "nobody" cannot list resource/);
    await program.waitForLog('election request failed');
    assert.equal(program.exit, null);
    isPlain(program);
    assert.equal(await program.stop(), 0);
  });

  const wrong: readonly (readonly [what: string, change: (text: string) => string, says: RegExp])[] = [
    ['is not YAML', () => 'clusters: [', /is not YAML|cannot be read/],
    ['is empty', () => '', /./],
    [
      'names a context that it lacks',
      (text) => text.replace('current-context: it', 'current-context: other'),
      /other/,
    ],
    [
      'names a cluster that it lacks',
      (text) => text.replace('cluster: it, user', 'cluster: other, user'),
      /other/,
    ],
    ['names a user that it lacks', (text) => text.replace('user: it}}', 'user: other}}'), /other/],
    ['has no server', (text) => text.replace(/server: "[^"]*"/, 'server: "nonsense"'), /nonsense/],
    [
      'names a CA file that is not there',
      (text) => text.replace(/certificate-authority: "[^"]*"/, 'certificate-authority: /no/such/ca.crt'),
      /no\/such\/ca\.crt/,
    ],
  ];
  for (const [index, [what, change, says]] of wrong.entries()) {
    it(`ends with a sentence if the kubeconfig ${what}`, async () => {
      const path = kubeconfig(`wrong-${index}.yaml`, change);
      const program = rig.program(
        'controller',
        '--kubeconfig',
        path,
        '--port',
        '0',
        '--health-probe-port',
        '0',
      );
      const line = await program.waitForLog('cannot determine the cluster');
      assert.match(String(line['because']), says);
      assert.equal(line['kubeconfig'], path);
      assert.equal(await program.waitForExit(), 1);
      isPlain(program);
    });
  }

  const unreachable: readonly (readonly [what: string, change: (text: string) => string, says: RegExp])[] = [
    [
      'nobody listens at',
      (text) => text.replace(/server: "[^"]*"/, 'server: "https://127.0.0.1:1"'),
      /refuses the connection/,
    ],
    ['does not know the token', (text) => text.replace(/token: "[^"]*"/, 'token: "wrong"'), /401/],
    [
      'has a certificate from elsewhere',
      (text) => text.replace(/, certificate-authority: "[^"]*"/, ''),
      /certificate/,
    ],
  ];
  for (const [index, [what, change, says]] of unreachable.entries()) {
    it(`retries, and logs why, with a server that ${what}`, async () => {
      const path = kubeconfig(`unreachable-${index}.yaml`, change);
      const program = rig.program(
        'controller',
        '--kubeconfig',
        path,
        '--port',
        '0',
        '--health-probe-port',
        '0',
      );
      const line = await program.waitForLog('watch failing');
      assert.match(String(line['because']), says);
      isPlain(program);
      assert.equal(program.exit, null);
      assert.equal(await program.stop(), 0);
    });
  }

  it('reports all invalid flags at once', async () => {
    const program = rig.program('controller', '--lease-duration', '1s', '--port', 'x', '--prt', '1', 'extra');
    assert.equal(await program.waitForExit(), 2);
    assert.match(program.stderr, /--port is "x"; it takes a whole number from 0 to 65535/);
    assert.match(program.stderr, /there is no flag --prt; did you mean --port\?/);
    assert.equal(program.text, '');
  });
});
