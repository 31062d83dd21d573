/** The difference of two documents, applied to the older one, gives the newer one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OverviewDocument, ServiceOverview } from '../../src/overview/document.ts';
import { applyPatch, diffDocuments, isEmptyPatch } from '../../src/overview/document-patch.ts';
import { type Random, underSeeds } from '../support/random.ts';

const NAMES = ['a/x', 'a-b/x', 'a/y', 'b/x', 'c/z'];
const REASONS = ['Assigned', 'PoolExhausted', null];

function randomService(random: Random, service: string): ServiceOverview {
  const reason = random.pick(REASONS);
  return {
    ...{ service, state: reason === 'Assigned' ? 'assigned' : 'waiting', request: 'IPv4' },
    ...{ addresses: reason === 'Assigned' ? [`192.0.2.${random.below(4)}`] : [], pool: null, reason },
    ...{ says: null, since: null, announced: null, answeredBy: null },
  };
}

function randomDocument(random: Random): OverviewDocument {
  const items = NAMES.filter(() => random.chance(0.7))
    .map((name) => randomService(random, name))
    .sort((a, b) => (a.service < b.service ? -1 : 1));
  return {
    ...{ format: 1, source: 'a test', time: `2026-01-01T00:00:0${random.below(10)}Z`, verdict: 'clean' },
    ...{ partial: random.chance(0.5), notRead: [], kinds: [], problems: [], changes: [] },
    controller: {
      ...{ state: 'leading', leader: random.pick(['c-1', 'c-2']), node: null, since: null, renewed: null },
      ...{ version: null, pods: null, says: 'leads' },
    },
    pools: random.chance(0.2) ? null : [],
    services: random.chance(0.2)
      ? null
      : {
          ...{ namespace: null, from: 'status', total: items.length, withAddress: 0, withoutAddress: 0 },
          ...{ unreconciled: 0, others: 0, reasons: [], items },
          announced: { yes: 0, no: 0, unknown: 0, unsaid: 0 },
        },
    announcing: { calico: null, speakers: null, sessions: null, layer2: null, unknown: [] },
  };
}

const overTheWire = <T>(value: T): T => JSON.parse(JSON.stringify(value));

test('a patch turns the older document into the newer one', () => {
  underSeeds(200, 5000, (random) => {
    const [before, after] = [randomDocument(random), randomDocument(random)];
    const patch = overTheWire(diffDocuments(before, after));
    assert.deepEqual(applyPatch(before, patch), after);
  });
});

test('equal documents have an empty patch, whatever their times', () => {
  underSeeds(50, 500, (random) => {
    const document = randomDocument(random);
    const later = { ...overTheWire(document), time: '2027-01-01T00:00:00Z' };
    assert.ok(isEmptyPatch(diffDocuments(document, later)));
  });
});

test('of many Services only those that changed are in a patch', () => {
  underSeeds(50, 500, (random) => {
    const before = randomDocument(random);
    const [first, ...rest] = before.services?.items ?? [];
    if (before.services === null || first === undefined) return;
    const changed = { ...first, request: 'IPv6' };
    const patch = diffDocuments(before, {
      ...before,
      services: { ...before.services, items: [changed, ...rest] },
    });
    assert.deepEqual(patch.sections, {});
    assert.ok(patch.services?.kind === 'changes');
    assert.deepEqual([patch.services.changed, patch.services.removed], [[changed], []]);
  });
});
