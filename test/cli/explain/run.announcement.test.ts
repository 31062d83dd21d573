/** `explain` and `plan` with Calico: the routes that routers learn. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { runExplain } from '../../../src/cli/explain/run.ts';
import { runPlan } from '../../../src/cli/plan/run.ts';
import { configurationPatch, HEALTHY, MESH, object, withChanges } from '../../calico/support/clusters.ts';
import { runCommand } from '../support/run-command.ts';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'berth-announcing-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

let fileCount = 0;
function writeObjects(objects: readonly Raw[]): string {
  const path = join(folder, `${fileCount++}.json`);
  writeFileSync(path, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  return path;
}

describe('explain', () => {
  const explain = (objects: readonly Raw[], ...args: readonly string[]) =>
    runCommand(runExplain, [...args, '-n', 'shop', '-f', writeObjects(objects)]);

  it('shows for the address of a Service what each router learns and each node advertises', async () => {
    const { out, code } = await explain(HEALTHY, 'service', 'edge');
    assert.equal(code, 0);
    assert.match(out, /Advertisement of 192\.168\.5\.10\n {2}True, Predicted/);
    assert.match(out, /router 10\.10\.0\.1 learns 192\.168\.5\.10\/32 from w2/);
    assert.match(out, /w2 +advertises 192\.168\.5\.10\/32 to 10\.10\.0\.1/);
    assert.match(out, /cp1 +advertises 192\.168\.5\.0\/24: no session with 10\.10\.0\.1/);
    for (const line of out.split('\n')) assert.ok(line.length <= 100, line);
  });

  it('shows the cause if no router learns it', async () => {
    const far = withChanges(configurationPatch({ serviceLoadBalancerIPs: [{ cidr: '192.168.9.0/24' }] }));
    const { out } = await explain(far, 'service', 'web');
    assert.match(out, /False, RangeNotListed/);
    assert.match(out, /router 10\.10\.0\.1 learns no route to it/);
    assert.match(out, /P1: /);
  });

  it('says the cause and the edit once: for a Service with its address, for an address below the routers', async () => {
    const far = withChanges(configurationPatch({ serviceLoadBalancerIPs: [{ cidr: '192.168.9.0/24' }] }));
    for (const topic of [
      ['service', 'web'],
      ['address', '192.168.5.20'],
    ]) {
      const printed = (await explain(far, ...topic)).out.replaceAll(/\s+/g, ' ');
      for (const said of [/is learned by no router/g, /Add "- cidr: 192\.168\.5\.0\/24"/g])
        assert.equal(printed.match(said)?.length, 1, printed);
    }
  });

  it('does so for an address, and in JSON', async () => {
    const { out } = await explain(HEALTHY, 'address', '192.168.5.20', '-o', 'json');
    const { announced } = JSON.parse(out);
    assert.deepEqual(announced.routers, [
      { router: '10.10.0.1', prefix: '192.168.5.0/24', from: ['w1', 'w2'] },
    ]);
    assert.equal(announced.verdict.reason, 'Predicted');
  });

  it('shows no advertisements without Calico', async () => {
    const plain = HEALTHY.filter((raw) => !String(raw['apiVersion']).startsWith('projectcalico.org'));
    assert.doesNotMatch((await explain(plain, 'service', 'web')).out, /Advertisement/);
  });
});

describe('plan', () => {
  const plan = (edit: readonly Raw[], ...args: readonly string[]) =>
    runCommand(runPlan, [
      '--cluster',
      writeObjects(HEALTHY),
      ...(edit.length === 0 ? [] : ['-f', writeObjects(edit)]),
      ...args,
    ]);

  it('lists the routes that routers would no longer learn and newly learn', async () => {
    const edit = object('BGPConfiguration', 'default', {
      spec: { ...MESH, serviceLoadBalancerAggregation: 'Disabled' },
    });
    const { out, code } = await plan([edit]);
    assert.equal(code, 3);
    assert.match(out, /192\.168\.5\.0\/24 is no longer learned/);
    assert.match(out, /192\.168\.5\.20\/32 is learned from w1 w2 \(shop\/web\)/);
  });

  it('respects edits of labels, and deleted peers', async () => {
    const labelled = object(
      'Node',
      'w1',
      { metadata: { labels: { 'node-role.kubernetes.io/worker': null } } },
      'v1',
    );
    const { out } = await plan([labelled]);
    assert.match(out, /192\.168\.5\.0\/24 no longer from w1/);
    const without = await plan([], '--delete', 'bgppeer/tor');
    assert.equal(without.code, 3);
    assert.match(without.out, /192\.168\.5\.10\/32 is no longer learned/);
  });

  it('lists no route if none changes', async () => {
    const same = object('BGPConfiguration', 'default', { spec: { logSeverityScreen: 'Debug' } });
    const { out, code } = await plan([same], '-o', 'json');
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out).routes, []);
  });
});
