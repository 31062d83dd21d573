/** `berth doctor` on files with Services that get no address, and with objects that nobody reads. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { runDoctor } from '../../../src/cli/doctor/run.ts';
import { runExplain } from '../../../src/cli/explain/run.ts';
import { runStatus } from '../../../src/cli/status/run.ts';
import { runCommand } from '../support/run-command.ts';

const METALLB = { apiVersion: 'metallb.io/v1beta1' };
const pool = (addresses: readonly string[], namespace = 'metallb-system', more: Raw = {}): Raw => ({
  ...{ ...METALLB, kind: 'IPAddressPool', metadata: { name: 'main', namespace } },
  spec: { addresses, ...more },
});
const POOL = pool(['192.0.2.0/31']);
const service = (name: string, spec: Raw = {}, annotations: Raw = {}): Raw => ({
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop', annotations } },
  spec: { type: 'LoadBalancer', ports: [{ port: 80 }], ...spec },
});
const at = (name: string, loadBalancerIP: string, annotations: Raw = {}): Raw =>
  service(name, { loadBalancerIP }, annotations);
const SHARED = { 'metallb.io/allow-shared-ip': 'k' };
const v6 = service('v6', { ipFamilies: ['IPv6'], ipFamilyPolicy: 'SingleStack' });

const stdinOf = (objects: readonly Raw[]): string =>
  objects.map((one) => JSON.stringify(one)).join('\n---\n');

async function doctor(objects: readonly Raw[], ...args: readonly string[]) {
  const { code, out } = await runCommand(runDoctor, ['-f', '-', '-o', 'json', ...args], {
    stdin: stdinOf(objects),
  });
  const { findings, cannotKnow } = JSON.parse(out);
  const ofServices = (findings as { code: string; severity: string; says: string; todo: string }[]).filter(
    (one) => one.code.startsWith('A'),
  );
  return {
    code,
    cannotKnow,
    found: ofServices.map((one) => `${one.severity} ${one.code} ${one.says} ${one.todo}`),
  };
}

/** What is wrong; the exit code without and with `--complete`, where nothing announces; what the finding says. */
const ROWS: readonly (readonly [
  says: string,
  objects: readonly Raw[],
  codes: readonly [partial: number, complete: number],
  finding: RegExp | null,
])[] = [
  ['every Service gets an address', [POOL, service('a'), service('b')], [0, 3], null],
  [
    'a pool that does not exist',
    [POOL, service('a', {}, { 'metallb.io/address-pool': 'mian' })],
    [3, 4],
    /A1 Service shop\/a has no address \(UnknownPool\).*did you mean main\?/,
  ],
  ['a request outside of every pool', [POOL, at('a', '203.0.113.9')], [3, 4], /\(AddressNotInPool\)/],
  [
    'more Services than addresses',
    [POOL, ...['a', 'b', 'c'].map((name) => service(name))],
    [3, 4],
    /\(PoolExhausted\)/,
  ],
  [
    'no IPv6 range',
    [POOL, v6, service('a')],
    [3, 4],
    /^\w+ A1 Service shop\/v6 has no address \(PoolLacksFamily\)/,
  ],
  [
    'an address that another Service has',
    [POOL, at('a', '192.0.2.1'), at('b', '192.0.2.1')],
    [4, 4],
    /error A1 .*\(AddressTaken\)/,
  ],
  [
    'sharing with the same port',
    [POOL, at('a', '192.0.2.1', SHARED), at('b', '192.0.2.1', SHARED)],
    [4, 4],
    /error A1 .*\(SharingRefused\)/,
  ],
  ['a request that cannot be read', [POOL, at('a', 'tomorrow')], [4, 4], /error A1 .*\(InvalidRequest\)/],
  [
    'another class',
    [POOL, service('a', { loadBalancerClass: 'x.io/y' })],
    [0, 3],
    /^hint A1 .*class "x\.io\/y".*--lb-class x\.io\/y/,
  ],
  ['a pool in another namespace', [pool(['192.0.2.0/31'], 'network'), service('a')], [3, 4], /\(NoPools\)/],
  [
    'an AddressPool alone',
    [
      {
        ...METALLB,
        kind: 'AddressPool',
        metadata: { name: 'old' },
        spec: { protocol: 'layer2', addresses: [] },
      },
    ],
    [3, 3],
    /warning A6 AddressPool old has no effect.*berth convert/,
  ],
  [
    'a misspelled annotation',
    [POOL, service('a', {}, { 'metallb.io/loadBalancerIP': '192.0.2.1' })],
    [3, 3],
    /warning A4 .*metallb\.io\/loadBalancerIPs\?/,
  ],
  [
    'a misspelled field',
    [POOL, service('a', { loadBalancerip: '192.0.2.1' })],
    [3, 3],
    /warning A5 .*loadBalancerIP\?/,
  ],
];

describe('berth doctor on Services in files', () => {
  for (const [says, objects, [partial, complete], finding] of ROWS)
    it(says, async () => {
      for (const [args, code] of [
        [[], partial],
        [['--complete'], complete],
      ] as const) {
        const ran = await doctor(objects, ...args);
        assert.equal(ran.code, code, `${args.join()} ${ran.found.join('\n')}`);
        if (finding === null) assert.deepEqual(ran.found, []);
        else assert.match(ran.found.join('\n'), finding);
      }
    });

  it('without any pool in the files, whether Services get an address cannot be checked', async () => {
    const { code, found, cannotKnow } = await doctor([service('a')]);
    assert.deepEqual([code, found], [0, []]);
    assert.ok((cannotKnow as { code: string }[]).some((one) => one.code === 'A1'));
  });

  it('a Service that shows an address is believed, also where no pool is shown', async () => {
    const shown = { ...service('a'), status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } };
    const { found, cannotKnow } = await doctor([shown]);
    assert.deepEqual(found, []);
    assert.ok(!(cannotKnow as { code: string }[]).some((one) => one.code === 'A1'));
  });
});

describe('berth status on files', () => {
  it('names a pool in another namespace, and what the files do not show', async () => {
    const { code, out } = await runCommand(runStatus, ['-f', '-'], {
      stdin: stdinOf([pool(['192.0.2.0/31'], 'network')]),
    });
    assert.equal(code, 3);
    assert.match(out, /WARNING S23 IPAddressPool network\/main/);
    assert.match(
      out,
      /pools +not known: the input has no IPAddressPool\nservices +not known: the input has no Service\n/,
    );
  });

  it('names an AddressPool and a misspelled field', async () => {
    const old = { ...METALLB, kind: 'AddressPool', metadata: { name: 'old' } };
    const { code, out } = await runCommand(runStatus, ['-f', '-'], {
      stdin: stdinOf([POOL, old, service('a', { loadBalancerip: '' })]),
    });
    assert.equal(code, 3);
    assert.match(out, /WARNING A6 AddressPool metallb-system\/old[\s\S]*berth convert/);
    assert.match(out, /WARNING A5 Service shop\/a[\s\S]*loadBalancerIP\?/);
  });
});

describe('an annotation that nobody reads', () => {
  const stdin = stdinOf([POOL, service('a', {}, { 'metallb.universe.tf/adress-pool': 'main' })]);
  const meant =
    /metallb\.universe\.tf\/adress-pool has no effect:[\s\S]*metallb\.universe\.tf\/address-pool\?/;

  it('is named by status', async () => {
    const { code, out } = await runCommand(runStatus, ['-f', '-'], { stdin });
    assert.equal(code, 3);
    assert.match(out, meant);
  });

  it('is named by explain', async () => {
    const { out } = await runCommand(runExplain, ['service', 'shop/a', '-f', '-'], { stdin });
    assert.match(out.replace(/\s+/g, ' '), meant);
  });
});
