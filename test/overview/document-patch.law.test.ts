/** The difference of two documents, applied to the older one, gives the newer one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnnouncingOverview, SpeakerOverview } from '../../src/overview/announcing-document.ts';
import type { OverviewDocument, ServiceOverview } from '../../src/overview/document.ts';
import { applyPatch, diffDocuments, isEmptyPatch } from '../../src/overview/document-patch.ts';
import { type Random, underSeeds } from '../support/random.ts';

const NAMES = ['a/x', 'a-b/x', 'a/y', 'b/x', 'c/z'];
const REASONS = ['Assigned', 'PoolExhausted', null];

function randomService(random: Random, service: string): ServiceOverview {
  const reason = random.pick(REASONS);
  return {
    ...{ service, state: reason === 'Assigned' ? 'assigned' : 'waiting', request: 'IPv4', waitsFor: null },
    ...{ addresses: reason === 'Assigned' ? [`192.0.2.${random.below(4)}`] : [], pool: null, reason },
    ...{ says: null, since: null, announced: null, answeredBy: null },
  };
}

const NODES = ['n1', 'n10', 'n2', 'n3'];

function randomSpeaker(random: Random, node: string): SpeakerOverview {
  const state = random.pick(['up', 'down'] as const);
  const prefixes = { wanted: 1, advertised: 1, refused: 0 };
  return {
    ...{ node, state: 'running', because: null, version: null, reported: '', services: random.below(2) },
    ...{ interfaces: null },
    sessions: [{ peer: 'tor', address: '', state, since: '', error: null, bfd: null, prefixes }],
  };
}

function randomAnnouncing(random: Random): AnnouncingOverview {
  const someNodes = (): readonly string[] => NODES.filter(() => random.chance(0.7));
  const conflict = { address: '192.0.2.1', mac: '', node: 'n1', interface: 'eth0' };
  return {
    ...{ calico: null, sessions: null, routes: null, unknown: random.chance(0.2) ? ['something'] : [] },
    speakers: random.chance(0.2) ? null : someNodes().map((node) => randomSpeaker(random, node)),
    layer2: random.chance(0.2)
      ? null
      : {
          nodes: someNodes().map((node) => ({ node, state: 'running', services: random.below(2) })),
          conflicts: random.chance(0.3) ? [conflict] : [],
        },
  };
}

function randomDocument(random: Random): OverviewDocument {
  const items = NAMES.filter(() => random.chance(0.7))
    .map((name) => randomService(random, name))
    .sort((a, b) => (a.service < b.service ? -1 : 1));
  return {
    ...{ format: 1, source: 'a test', time: `2026-01-01T00:00:0${random.below(10)}Z`, verdict: 'clean' },
    ...{ partial: random.chance(0.5), notRead: [], kinds: [], problems: [], changes: [], configuration: [] },
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
    announcing: randomAnnouncing(random),
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

test('of many speakers only those that changed are in a patch', () => {
  underSeeds(50, 500, (random) => {
    const before = randomDocument(random);
    const { announcing } = before;
    const [first, ...rest] = announcing.speakers ?? [];
    if (first === undefined) return;
    const changed: SpeakerOverview = { ...first, state: 'down', because: 'its Node is not ready' };
    const after = { ...before, announcing: { ...announcing, speakers: [changed, ...rest] } };
    assert.deepEqual(diffDocuments(before, after).announcing, {
      ...{ parts: {}, layer2Nodes: null },
      speakers: { changed: [changed], removed: [] },
    });
  });
});
