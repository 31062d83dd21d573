import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApiOutcome, ApiSender } from '../../../src/kube/http/api-request.ts';
import { listAll } from '../../../src/kube/informer/list.ts';
import { CONFIG_MAPS } from '../../../src/kube/resource.ts';

const named = (name: unknown) => ({ metadata: { name } });

/** The API server answers 200 with this body. */
const answering = (body: object): ApiSender => ({
  send: (): Promise<ApiOutcome> => Promise.resolve({ kind: 'ok', status: 200, body }),
});

describe('an answer to a list', () => {
  const rows: readonly (readonly [says: string, items: unknown, seen: string])[] = [
    ['has objects', [named('a'), named('b')], '2 objects'],
    ['has none', [], '0 objects'],
    ['has none, as Go spells it', null, '0 objects'],
    ['has no items', undefined, 'the response for /api/v1/configmaps is not a list'],
    ['has a text for items', 'a, b', 'the response for /api/v1/configmaps is not a list'],
    ...[null, 1, 'x', [], {}, { metadata: null }, named(''), named(7)].map(
      (item) =>
        [
          `has ${JSON.stringify(item)} among its items`,
          [named('a'), item],
          'the response for /api/v1/configmaps has an item without a name',
        ] as const,
    ),
  ];
  for (const [says, items, seen] of rows)
    it(says, async () => {
      const sender = answering({ metadata: { resourceVersion: '7' }, items });
      const listed = await listAll(sender, { resource: CONFIG_MAPS, from: 'consistent' });
      assert.equal(describeOutcome(listed), seen);
    });
});

const describeOutcome = (listed: Awaited<ReturnType<typeof listAll>>): string => {
  if (listed.kind === 'ok') return `${listed.items.length} objects`;
  return listed.kind === 'unknown' ? listed.because : listed.kind;
};
