import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ASSIGNED_CONDITION, conditionFalse, conditionTrue } from '../../src/allocation/condition-reasons.ts';
import type { AllocationDecision } from '../../src/allocation/decision.ts';
import { cleanupPatch, diffStatus, patchBody } from '../../src/allocation/status-patch.ts';
import { type Address, parseAddress } from '../../src/net/address.ts';
import type { Service } from '../../src/objects/service.ts';
import { ingress, service, WALL } from './support/test-cluster.ts';

const ASSIGNED_TRUE = {
  type: ASSIGNED_CONDITION,
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

const decisionWith = (decision: Partial<AllocationDecision> = {}): AllocationDecision => ({
  condition: conditionTrue('Assigned', 'm'),
  owner: 'berth',
  addresses: addresses('10.0.0.1'),
  pool: 'web',
  events: [],
  waitTargets: [],
  granted: [],
  hasConflict: false,
  ...decision,
});

const assignedService = (overrides: Partial<Service> = {}): Service =>
  service('it', {
    ingressEntries: ['10.0.0.1'],
    allocatedFrom: 'web',
    conditions: [ASSIGNED_TRUE],
    ...overrides,
  });

const rows: readonly (readonly [
  title: string,
  service: Service,
  decision: AllocationDecision,
  writes: string,
])[] = [
  ['the status is as decided', assignedService(), decisionWith(), ''],
  [
    'another spelling is no difference',
    assignedService({ ingress: ingress('010.000.0.1') }),
    decisionWith(),
    '',
  ],
  [
    'another order is no difference',
    assignedService({ ingress: ingress('fd00::1', '10.0.0.1') }),
    decisionWith({ addresses: addresses('10.0.0.1', 'fd00::1') }),
    '',
  ],
  [
    'an IPv4-mapped spelling is no difference',
    assignedService({ ingress: [{ ip: '::ffff:10.0.0.1', hostname: null, ipMode: null }] }),
    decisionWith(),
    '',
  ],
  [
    'an additional host name is a difference',
    assignedService({ ingress: ingress('10.0.0.1', 'lb.example') }),
    decisionWith(),
    'ingress',
  ],
  ['another address', assignedService({ ingress: ingress('10.0.0.2') }), decisionWith(), 'ingress'],
  [
    'an additional address',
    assignedService({ ingress: ingress('10.0.0.1', '10.0.0.2') }),
    decisionWith(),
    'ingress',
  ],
  [
    'no address',
    assignedService(),
    decisionWith({ addresses: [], pool: null, condition: conditionFalse('NoPools', 'x') }),
    'ingress pool condition',
  ],
  ['another pool', assignedService(), decisionWith({ pool: 'other' }), 'pool'],
  [
    'another message',
    assignedService(),
    decisionWith({ condition: conditionTrue('Assigned', 'other') }),
    'condition',
  ],
  [
    'an external owner keeps ingress and pool',
    assignedService({ ingress: ingress('192.0.2.1') }),
    decisionWith({ owner: 'external' }),
    '',
  ],
  [
    'another condition is left alone',
    assignedService({ conditions: [ASSIGNED_TRUE, { ...ASSIGNED_TRUE, type: 'berth.dev/Other' }] }),
    decisionWith(),
    '',
  ],
];

for (const [title, subject, decision, writes] of rows) {
  test(title, () => {
    const patch = diffStatus(subject, decision, WALL);
    const parts = [
      patch?.ingress ? 'ingress' : '',
      patch !== null && patch.pool !== undefined ? 'pool' : '',
      patch?.conditions.length ? 'condition' : '',
    ];
    assert.equal(parts.filter(Boolean).join(' '), writes);
  });
}

test('the transition time changes only with the status of the condition', () => {
  const time = (decision: AllocationDecision) =>
    diffStatus(assignedService(), decision, WALL)?.conditions[0]?.lastTransitionTime;
  assert.equal(
    time(decisionWith({ condition: conditionTrue('AssignedOneFamily', 'x') })),
    ASSIGNED_TRUE.lastTransitionTime,
  );
  assert.equal(time(decisionWith({ condition: conditionFalse('NoPools', 'x') })), '2026-01-01T00:00:00Z');
});

test('a message is cut at 1024 characters', () => {
  const condition = conditionFalse('NoPools', 'x'.repeat(5000));
  assert.equal(
    diffStatus(assignedService(), decisionWith({ condition }), WALL)?.conditions[0]?.message.length,
    1024,
  );
});

test('one patch has everything, with two preconditions', () => {
  const subject = service('it', { uid: 'u', resourceVersion: '7' });
  const patch = diffStatus(subject, decisionWith(), WALL);
  assert.ok(patch);
  assert.deepEqual(patchBody(subject, patch, { ipMode: null }), {
    metadata: {
      uid: 'u',
      resourceVersion: '7',
      annotations: { 'metallb.io/ip-allocated-from-pool': 'web' },
    },
    status: {
      loadBalancer: { ingress: [{ ip: '10.0.0.1' }] },
      conditions: [{ ...ASSIGNED_TRUE, lastTransitionTime: '2026-01-01T00:00:00Z' }],
    },
  });
});

test('ipMode is written if it is set', () => {
  const subject = service('it');
  const patch = diffStatus(subject, decisionWith(), WALL);
  assert.ok(patch);
  assert.match(JSON.stringify(patchBody(subject, patch, { ipMode: 'Proxy' })), /"ipMode":"Proxy"/);
});

test('the cleanup removes our annotation and conditions, and nothing else', () => {
  const patch = cleanupPatch(assignedService({ type: 'ClusterIP', ingress: [] }));
  assert.ok(patch);
  assert.deepEqual(patchBody({ uid: 'u', resourceVersion: '7' }, patch, { ipMode: null }), {
    metadata: { uid: 'u', resourceVersion: '7', annotations: { 'metallb.io/ip-allocated-from-pool': null } },
    status: { conditions: [{ $patch: 'delete', type: ASSIGNED_CONDITION }] },
  });
  assert.equal(cleanupPatch(service('it')), null);
});
