import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service } from '../../src/cluster/service.ts';
import { type Address, parseAddress } from '../../src/net/address.ts';
import type { Decision } from '../../src/plan/decision.ts';
import { difference, farewell, patchBody } from '../../src/plan/patch.ts';
import { ASSIGNED, holds, lacks } from '../../src/plan/reasons.ts';
import { ingress, service, WALL } from './support.ts';

const SAID = {
  type: ASSIGNED,
  status: 'True',
  reason: 'Assigned',
  message: 'm',
  lastTransitionTime: '2025-01-01T00:00:00Z',
} as const;

function addresses(...texts: readonly string[]): readonly Address[] {
  return texts.map((text) => {
    const parsed = parseAddress(text);
    assert.ok(parsed.ok);
    return parsed.value;
  });
}

const decided = (decision: Partial<Decision> = {}): Decision => ({
  verdict: holds('Assigned', 'm'),
  hands: 'ours',
  addresses: addresses('10.0.0.1'),
  pool: 'web',
  events: [],
  wants: [],
  granted: [],
  conflict: false,
  ...decision,
});

const done = (wish: Partial<Service> = {}): Service =>
  service('it', { shows: ['10.0.0.1'], from: 'web', conditions: [SAID], ...wish });

const rows: readonly (readonly [says: string, service: Service, decision: Decision, writes: string])[] = [
  ['everything stands as it was decided', done(), decided(), ''],
  ['another spelling is no difference', done({ ingress: ingress('010.000.0.1') }), decided(), ''],
  [
    'another order is no difference',
    done({ ingress: ingress('fd00::1', '10.0.0.1') }),
    decided({ addresses: addresses('10.0.0.1', 'fd00::1') }),
    '',
  ],
  [
    'an IPv4-mapped spelling is no difference',
    done({ ingress: [{ ip: '::ffff:10.0.0.1', hostname: null, ipMode: null }] }),
    decided(),
    '',
  ],
  [
    'a host name beside it is one',
    done({ ingress: ingress('10.0.0.1', 'lb.example') }),
    decided(),
    'ingress',
  ],
  ['another address', done({ ingress: ingress('10.0.0.2') }), decided(), 'ingress'],
  ['one too many', done({ ingress: ingress('10.0.0.1', '10.0.0.2') }), decided(), 'ingress'],
  [
    'no address any more',
    done(),
    decided({ addresses: [], pool: null, verdict: lacks('NoPools', 'x') }),
    'ingress pool condition',
  ],
  ['another pool', done(), decided({ pool: 'other' }), 'pool'],
  ['another message', done(), decided({ verdict: holds('Assigned', 'other') }), 'condition'],
  [
    'hands off leaves ingress and pool',
    done({ ingress: ingress('192.0.2.1') }),
    decided({ hands: 'theirs' }),
    '',
  ],
  [
    'a condition of somebody else is no business of ours',
    done({ conditions: [SAID, { ...SAID, type: 'berth.dev/Other' }] }),
    decided(),
    '',
  ],
];

for (const [says, given, decision, writes] of rows) {
  test(says, () => {
    const patch = difference(given, decision, WALL);
    const parts = [
      patch?.ingress ? 'ingress' : '',
      patch !== null && patch.pool !== undefined ? 'pool' : '',
      patch?.conditions.length ? 'condition' : '',
    ];
    assert.equal(parts.filter(Boolean).join(' '), writes);
  });
}

test('the time of a condition moves with its status alone', () => {
  const time = (decision: Decision) => difference(done(), decision, WALL)?.conditions[0]?.lastTransitionTime;
  assert.equal(time(decided({ verdict: holds('AssignedOneFamily', 'x') })), SAID.lastTransitionTime);
  assert.equal(time(decided({ verdict: lacks('NoPools', 'x') })), '2026-01-01T00:00:00Z');
});

test('a message is cut before it is too long to read', () => {
  const verdict = lacks('NoPools', 'x'.repeat(5000));
  assert.equal(difference(done(), decided({ verdict }), WALL)?.conditions[0]?.message.length, 1024);
});

test('one body carries all of it, under two preconditions', () => {
  const given = service('it', { uid: 'u', resourceVersion: '7' });
  const patch = difference(given, decided(), WALL);
  assert.ok(patch);
  assert.deepEqual(patchBody(given, patch, { ipMode: null }), {
    metadata: {
      uid: 'u',
      resourceVersion: '7',
      annotations: { 'metallb.io/ip-allocated-from-pool': 'web' },
    },
    status: {
      loadBalancer: { ingress: [{ ip: '10.0.0.1' }] },
      conditions: [{ ...SAID, lastTransitionTime: '2026-01-01T00:00:00Z' }],
    },
  });
});

test('ipMode is written where it is set', () => {
  const given = service('it');
  const patch = difference(given, decided(), WALL);
  assert.ok(patch);
  assert.match(JSON.stringify(patchBody(given, patch, { ipMode: 'Proxy' })), /"ipMode":"Proxy"/);
});

test('a farewell takes our marks along, and nothing else', () => {
  const patch = farewell(done({ type: 'ClusterIP', ingress: [] }));
  assert.ok(patch);
  assert.deepEqual(patchBody({ uid: 'u', resourceVersion: '7' }, patch, { ipMode: null }), {
    metadata: { uid: 'u', resourceVersion: '7', annotations: { 'metallb.io/ip-allocated-from-pool': null } },
    status: { conditions: [{ $patch: 'delete', type: ASSIGNED }] },
  });
  assert.equal(farewell(service('it')), null);
});
