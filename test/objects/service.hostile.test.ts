/** A decoded Service is small, however large the object is that a tenant may write. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sharingOf } from '../../src/allocation/request.ts';
import type { Raw } from '../../src/base/json.ts';
import { decodeNamespace } from '../../src/objects/namespace.ts';
import { areOversized, selectorMatches } from '../../src/objects/selector.ts';
import { decodeService, PORTS_MAX, type Service } from '../../src/objects/service.ts';
import { heapInUse } from '../support/garbage.ts';

/** Of each decoded Service, as JSON. The most that is kept are ports. */
const DECODED_CHARS_MAX = 64 * 1024;

const CHARS = 840_000;
const long = 'x'.repeat(CHARS);
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const manyPairs = (count: number, value: string) =>
  Object.fromEntries(many(count, (i) => [`key-${i}.example.com/a-long-label-name`, value]));
const ports = (count: number) => many(count, (i) => ({ name: `p${i}`, protocol: 'TCP', port: i + 1 }));

/** What a tenant writes much of, and the object. */
const HOSTILE: readonly (readonly [string, { metadata?: object; spec?: object; status?: object }])[] = [
  ['an annotation that is not read', { metadata: { annotations: { 'example.com/note': long } } }],
  ['an annotation of ours that nobody reads', { metadata: { annotations: { 'berth.dev/note': long } } }],
  ['annotations of ours', { metadata: { annotations: manyPairs(3000, 'x'.repeat(250)) } }],
  ['the annotation with the pool', { metadata: { annotations: { 'metallb.io/address-pool': long } } }],
  ['the sharing key', { metadata: { annotations: { 'metallb.io/allow-shared-ip': long } } }],
  [
    'the addresses',
    { metadata: { annotations: { 'metallb.io/loadBalancerIPs': '10.0.0.1,'.repeat(90_000) } } },
  ],
  [
    'last-applied',
    { metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': long } } },
  ],
  ['labels', { metadata: { labels: manyPairs(8000, 'a-value-of-a-label') } }],
  [
    'managedFields',
    { metadata: { managedFields: many(2000, () => ({ manager: 'm', fieldsV1: manyPairs(20, 'x') })) } },
  ],
  ['spec.loadBalancerIP', { spec: { loadBalancerIP: long } }],
  ['the selector', { spec: { selector: manyPairs(8000, 'a-value-of-a-label') } }],
  ['ports', { spec: { ports: ports(20_000) } }],
  ['as many ports as are compared', { spec: { ports: ports(PORTS_MAX) } }],
  ['external IPs', { spec: { externalIPs: many(50_000, (i) => `10.0.${i >> 8}.${i & 255}`) } }],
  [
    'conditions of others',
    { status: { conditions: many(9000, (i) => ({ type: `example.com/${i}`, message: 'x'.repeat(90) })) } },
  ],
  [
    'conditions of ours',
    { status: { conditions: many(9000, (i) => ({ type: `berth.dev/${i}`, message: 'x'.repeat(90) })) } },
  ],
  ['the message of a condition', { status: { conditions: [{ type: 'berth.dev/Assigned', message: long }] } }],
];

const rawService = (part: { metadata?: object; spec?: object; status?: object }): Raw => ({
  metadata: { namespace: 'tenant', name: 'web', ...part.metadata },
  spec: { type: 'LoadBalancer', ...part.spec },
  status: part.status ?? {},
});

const decoded = (part: Parameters<typeof rawService>[0]): Service =>
  decodeService(rawService(part)) ?? assert.fail();

describe('a Service stays small with much of', () => {
  for (const [what, part] of HOSTILE)
    it(what, () => {
      const size = JSON.stringify(decoded(part)).length;
      assert.ok(size <= DECODED_CHARS_MAX, `${size} characters are kept`);
    });
});

it('a decoded Service keeps nothing of the answer that it came from', async () => {
  const answers = HOSTILE.map(([, part]) => JSON.stringify(rawService(part)));
  const before = await heapInUse();
  const kept: unknown[] = [];
  for (let round = 0; round < 10; round++)
    for (const answer of answers) kept.push(decodeService(JSON.parse(answer)));
  const each = ((await heapInUse()) - before) / kept.length;
  assert.ok(each < DECODED_CHARS_MAX, `${each} bytes for each of ${kept.length} Services`);
});

describe('what is limited', () => {
  it('labels: too many match no requirement, so none can be used to hide another', () => {
    const { labels } = decoded({ metadata: { labels: { ...manyPairs(8000, 'x'), tier: 'internal' } } });
    const requirement = (operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist') => ({
      requirements: [{ key: 'tier', operator, values: ['internal'] }],
    });
    assert.ok(areOversized(labels));
    for (const operator of ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const)
      assert.equal(selectorMatches(requirement(operator), labels), false, operator);
    assert.equal(selectorMatches({ requirements: [] }, labels), true, 'a selector of everything');
  });

  it('labels of a Namespace, too', () => {
    const namespace = decodeNamespace({ metadata: { name: 'n', labels: manyPairs(8000, 'x') } });
    assert.ok(areOversized(namespace?.labels ?? assert.fail()));
  });

  it('sharing keys that differ at the end only stay different', () => {
    const key = (text: string): string =>
      sharingOf(decoded({ metadata: { annotations: { 'metallb.io/allow-shared-ip': text } } })).key;
    assert.notEqual(key(`${long}a`), key(`${long}b`));
    assert.equal(key(`${long}a`), key(`${long}a`));
  });

  it('with more ports than can be compared a Service shares no address', () => {
    const annotations = { 'metallb.io/allow-shared-ip': 'key' };
    const keyWith = (count: number): string =>
      sharingOf(decoded({ metadata: { annotations }, spec: { ports: ports(count) } })).key;
    assert.equal(keyWith(PORTS_MAX), 'key');
    assert.equal(keyWith(PORTS_MAX + 1), '');
  });
});
