/** `berth doctor` on files: its output and exit codes. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import type { Raw } from '../../../src/base/json.ts';
import { runDoctor } from '../../../src/cli/doctor/run.ts';
import { configurationPatch, DISABLED, HEALTHY, MESH, withChanges } from '../../calico/support/clusters.ts';
import { runCommand } from '../support/run-command.ts';

const listOf = (items: readonly Raw[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });

const doctor = (objects: readonly Raw[], ...args: readonly string[]) =>
  runCommand(runDoctor, ['-f', '-', ...args], { stdin: listOf(objects) });

describe('exit codes', () => {
  const rows: readonly (readonly [says: string, objects: readonly Raw[], code: number])[] = [
    ['hints do not count', HEALTHY, 0],
    ['warnings', withChanges(configurationPatch(DISABLED)), 3],
    ['errors', withChanges(configurationPatch(MESH)), 4],
  ];
  for (const [says, objects, code] of rows) {
    it(says, async () => assert.equal((await doctor(objects, '--complete')).code, code));
  }
  const wrong: readonly (readonly [args: readonly string[], code: number, says: RegExp])[] = [
    [['what'], 2, /unexpected "what": name files with -f/],
    [['--complete'], 2, /name some with -f/],
    [['--live', '-f', '-'], 2, /leave -f out/],
    [['-f', '-', '--calico-version', 'latest'], 2, /is not a version such as/],
    [['-f', '/nowhere/at/all'], 1, /there is no such file/],
    [[], 1, /kubeconfig/],
  ];
  for (const [args, code, says] of wrong) {
    it(`doctor ${args.join(' ')}`, async () => {
      const ended = await runCommand(runDoctor, args, { stdin: '' });
      assert.equal(ended.code, code, ended.err);
      assert.match(ended.err, says);
    });
  }
});

describe('the text', () => {
  it('has problems first, then routes, then the checklist of the router', async () => {
    const { out } = await doctor(withChanges(configurationPatch(MESH)), '--complete');
    const places = ['ERROR P4 local-leak', 'HINT P3', 'Router 10.10.0.1, AS 65116', 'Checklist'].map((text) =>
      out.indexOf(text),
    );
    assert.ok(!places.includes(-1), out);
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
    assert.match(out, /192\.168\.5\.10\/32 +w1 w2 .*shop\/edge/);
  });

  it('prints an edit that mends two findings once, with the first of them', async () => {
    const misspelled = configurationPatch({
      serviceLoadBalancerIPs: null,
      serviceLoadBalancerIP: [{ cidr: '192.168.5.0/24' }],
    });
    const { out } = await doctor(withChanges(misspelled));
    assert.match(out, /WARNING P46 [^\n]+\n(?: {2}[^\n]+\n)+ {4}the command of P1 range-not-listed above/);
    const commands = out.match(/kubectl patch bgpconfiguration/g) ?? [];
    assert.equal(commands.length, 1, out);
  });

  it('fits 100 columns', async () => {
    for (const objects of [
      HEALTHY,
      withChanges(configurationPatch(MESH)),
      withChanges(configurationPatch(DISABLED)),
    ]) {
      const { out } = await doctor(objects);
      for (const line of out.split('\n')) assert.ok(line.length <= 100, line);
    }
  });

  it('lists the checks that lack input', async () => {
    const { out } = await doctor(HEALTHY.filter((raw) => raw['kind'] !== 'Node'));
    assert.match(out, /Cannot be checked/);
    assert.match(out, /no Node in the input: .*P12 node-without-router/);
  });

  it('is checked in part where a kind is misspelled', async () => {
    const misspelled = { apiVersion: 'projectcalico.org/v3', kind: 'BgpPeer', metadata: { name: 'tor' } };
    const { out, code } = await doctor([...HEALTHY, misspelled], '--complete');
    assert.equal(code, 5);
    assert.match(out, /checked in part: 1 kind could not be read\n {2}no errors and no warnings in what/);
    assert.match(out, /kind BgpPeer is unknown and ignored: did you mean BGPPeer\?/);
    const json = JSON.parse((await doctor([...HEALTHY, misspelled], '--complete', '-o', 'json')).out);
    assert.equal(json.verdict, 'partial');
  });

  it('leaves out kinds that exist and say nothing about routes', async () => {
    const kinds = ['IPAMConfiguration', 'IPAMBlock', 'L2Advertisement', 'BFDProfile', 'IPAddress'];
    const others = kinds.map((kind) => ({ apiVersion: 'a/v1', kind, metadata: { name: 'x' } }));
    const { code, out } = await doctor([...HEALTHY, ...others], '--complete');
    assert.equal(code, 0, out);
  });
});

describe('the JSON', () => {
  it('is the same value as the YAML, and has everything', async () => {
    const objects = withChanges(configurationPatch(MESH));
    const json = JSON.parse((await doctor(objects, '--complete', '-o', 'json')).out);
    assert.deepEqual(parse((await doctor(objects, '--complete', '-o', 'yaml')).out), json);
    assert.equal(json.verdict, 'errors');
    const [first] = json.findings;
    assert.equal(first.code, 'P4');
    assert.deepEqual(first.addresses, ['192.168.5.10']);
    assert.match(first.fix[0].command, /^kubectl apply /);
    const [router] = json.routers;
    assert.equal(router.address, '10.10.0.1');
    assert.deepEqual(router.routes.find(({ prefix }: Raw) => prefix === '192.168.5.10/32').services, [
      'shop/edge',
    ]);
    assert.ok(router.checklist.length > 3);
  });

  it('is for the version of the flag if the files have none', async () => {
    const { out } = await doctor(HEALTHY, '--complete', '--calico-version', 'v3.31.2', '-o', 'json');
    assert.ok(JSON.parse(out).findings.some(({ code }: Raw) => code === 'P30'));
  });
});

it('objects of files without a namespace are in the namespace where kubectl would create them', async () => {
  const objects = HEALTHY.map((raw) => {
    const { namespace: _, ...metadata } = raw['metadata'] as Record<string, unknown>;
    return { ...raw, metadata };
  });
  const { out } = await doctor(objects, '--complete', '-o', 'json');
  const [router] = JSON.parse(out).routers;
  assert.deepEqual(router.routes[0].services, ['default/edge', 'default/web']);
});

it('the examples have no errors and no warnings', async () => {
  const folder = new URL('../../../examples/', import.meta.url).pathname;
  const { code, out } = await runCommand(runDoctor, ['-f', folder]);
  assert.equal(code, 0, out);
});

it('each code has a section in the documentation', async () => {
  const { FINDING_CODES: CODES } = await import('../../../src/calico/findings/codes.ts');
  const page = readFileSync(new URL('../../../docs/calico-findings.md', import.meta.url), 'utf8');
  const sections = [...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
  assert.deepEqual(
    sections,
    Object.entries(CODES).map(([code, name]) => `${code} ${name}`),
  );
});
