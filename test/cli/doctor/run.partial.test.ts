/** `berth doctor` on a live cluster of which something cannot be read: the result is never "nothing is wrong". */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parse } from 'yaml';
import type { Raw } from '../../../src/base/json.ts';
import { runDoctor } from '../../../src/cli/doctor/run.ts';
import { configurationPatch, HEALTHY, MESH, withChanges } from '../../calico/support/clusters.ts';
import { respondJson, startLoopback, statusBody } from '../../kube/support/loopback-server.ts';
import { type CommandResult, runCommand } from '../support/run-command.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const PLURALS: Readonly<Record<string, string>> = {
  services: 'Service',
  nodes: 'Node',
  endpointslices: 'EndpointSlice',
  ipaddresspools: 'IPAddressPool',
  bgpconfigurations: 'BGPConfiguration',
  bgppeers: 'BGPPeer',
  ippools: 'IPPool',
};

const CALICO = '/apis/projectcalico.org/v3';

/** Serves `objects`; paths in `refused` are answered with that status. */
async function doctorOn(
  test: TestContext,
  objects: readonly Raw[],
  refused: Readonly<Record<string, number>>,
  ...args: readonly string[]
): Promise<CommandResult> {
  const api = await startLoopback(test, ({ url }, response) => {
    const { pathname } = new URL(url, 'http://api');
    const status = refused[pathname] ?? refused['*'];
    if (status !== undefined) return respondJson(response, status, statusBody(status, 'Refused', 'no'));
    if (pathname === CALICO)
      return respondJson(response, 200, {
        resources: Object.entries(PLURALS)
          .filter(([, kind]) => /^(BGP|IPPool)/.test(kind))
          .map(([name, kind]) => ({ name, kind })),
      });
    const kind = PLURALS[pathname.split('/').at(-1) ?? ''];
    const items = objects.filter((raw) => raw['kind'] === kind);
    return respondJson(response, 200, { metadata: { resourceVersion: '1' }, items });
  });
  const folder = createTempFolder(test, {
    kubeconfig: JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
      clusters: [{ name: 'c', cluster: { server: api.url } }],
      users: [{ name: 'u', user: { token: 't' } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    }),
  });
  return runCommand(runDoctor, ['--kubeconfig', join(folder, 'kubeconfig'), ...args]);
}

describe('doctor on a cluster that cannot be read', () => {
  const rows: readonly [what: string, refused: Readonly<Record<string, number>>, err: RegExp][] = [
    ['an expired token', { '*': 401 }, /the cluster cannot be read: refused with 401/],
    ['no rights', { '*': 403 }, /nothing in the cluster can be read: services, [^:]* cannot be read/],
    [
      'a server of something else',
      { '*': 404 },
      /nothing in the cluster can be read: services, [^:]* cannot be read/,
    ],
    [
      'a failing API server',
      { '*': 500 },
      /nothing in the cluster can be read: services, [^:]* cannot be read/,
    ],
  ];
  for (const [what, refused, err] of rows) {
    it(`fails with ${what}`, async (test) => {
      const ended = await doctorOn(test, HEALTHY, refused);
      assert.deepEqual([ended.code, ended.out], [1, '']);
      assert.match(ended.err, err);
    });
  }
});

describe('doctor on a cluster that can be read in part', () => {
  it('ends with 5 and lists what could not be read, before the findings', async (test) => {
    const { code, out } = await doctorOn(test, HEALTHY, { '/apis/apps/v1/daemonsets': 403 });
    assert.equal(code, 5, out);
    assert.match(out, /\n {2}checked in part: 1 kind could not be read\n/);
    assert.doesNotMatch(out, /\n {2}no errors and no warnings\n/);
    assert.match(out, /\n\nCould not be read\n {2}- daemonsets cannot be read: refused with 403/);
  });

  it('still prints the errors that are known', async (test) => {
    const objects = withChanges(configurationPatch(MESH));
    const { code, out } = await doctorOn(test, objects, { '/apis/apps/v1/daemonsets': 403 }, '-o', 'yaml');
    const { verdict, partial, findings } = parse(out);
    assert.deepEqual([code, verdict, partial], [5, 'errors', true]);
    assert.ok(findings.some((one: Raw) => one['severity'] === 'error'));
  });

  it("ends with 5 if Calico's kinds cannot be read", async (test) => {
    const { code, out } = await doctorOn(test, HEALTHY, { [CALICO]: 503 });
    assert.equal(code, 5, out);
    assert.match(out, /the kinds of projectcalico\.org\/v3 cannot be read: refused with 503/);
  });
});
