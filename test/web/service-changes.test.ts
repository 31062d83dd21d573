/** The timeline of the dashboard: what two documents in a row tell of Services. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnnouncedOverview, OverviewDocument, ServiceOverview } from '../../src/overview/document.ts';
import { serviceChanges } from '../../web/service-changes.ts';

const [FIRST, THEN, NOW] = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:05Z', '2026-01-01T00:00:09Z'];
const MESSAGE = 'No pool has a free address.';

const service = (change: Partial<ServiceOverview>): ServiceOverview => ({
  ...{ service: 'shop/web', state: 'assigned', request: 'IPv4', addresses: [], pool: null, reason: null },
  ...{ says: null, since: null, announced: null, answeredBy: null, waitsFor: null },
  ...change,
});
const has = (address: string, change: Partial<ServiceOverview> = {}): ServiceOverview =>
  service({ addresses: [address], pool: 'main', reason: 'Assigned', since: FIRST, ...change });
const waits = (reason: string, since = THEN): ServiceOverview =>
  service({ state: 'waiting', reason, says: MESSAGE, since });
const announced = (change: Partial<AnnouncedOverview>): Partial<ServiceOverview> => ({
  announced: {
    status: 'True',
    reason: 'Announced',
    says: 'All is well.',
    since: FIRST,
    by: 'bgp',
    ...change,
  },
});

function documentOf(items: readonly ServiceOverview[] | null): Pick<OverviewDocument, 'services' | 'time'> {
  const counts = { total: 0, withAddress: 0, withoutAddress: 0, unreconciled: 0, others: 0 };
  const none = { namespace: null, from: 'status', reasons: [], ...counts } as const;
  const announcedCounts = { yes: 0, no: 0, unknown: 0, unsaid: 0 };
  return { time: NOW, services: items === null ? null : { ...none, announced: announcedCounts, items } };
}

/** The time of a change, what it says, and why. */
type Row = readonly [string, ServiceOverview | null, ServiceOverview | null, readonly string[]];
const ROWS: readonly Row[] = [
  ['a new Service that has nothing yet', null, service({ state: 'unreconciled' }), []],
  [
    'an address, from when it was given',
    waits('PoolExhausted', FIRST),
    has('192.0.2.1', { since: THEN }),
    [`${THEN} got 192.0.2.1 from pool main`],
  ],
  ['a new Service with an address', null, has('192.0.2.1'), [`${FIRST} got 192.0.2.1 from pool main`]],
  [
    'another address, although the condition is older',
    has('192.0.2.1'),
    has('192.0.2.7', { says: 'Moved.' }),
    [`${NOW} has left 192.0.2.1, and has 192.0.2.7 from pool main | Moved.`],
  ],
  [
    'a second address',
    has('192.0.2.1'),
    has('192.0.2.1', { addresses: ['192.0.2.1', '2001:db8::1'] }),
    [`${NOW} got 2001:db8::1 from pool main`],
  ],
  [
    'a lost address, once, with the reason',
    has('192.0.2.1'),
    waits('PoolExhausted'),
    [`${NOW} has left 192.0.2.1, and has no address (PoolExhausted) | ${MESSAGE}`],
  ],
  [
    'why there is no address',
    service({}),
    waits('PoolExhausted'),
    [`${THEN} has no address (PoolExhausted) | ${MESSAGE}`],
  ],
  [
    'another reason, although the condition is older',
    waits('A'),
    waits('B'),
    [`${NOW} has no address (B) | ${MESSAGE}`],
  ],
  ['a Service that is gone', has('192.0.2.1'), null, [`${NOW} is gone, and has left 192.0.2.1`]],
  ['a Service without an address that is gone', waits('A'), null, [`${NOW} is gone`]],
  [
    'that it is announced',
    has('192.0.2.1'),
    has('192.0.2.1', announced({ since: THEN })),
    [`${THEN} is announced`],
  ],
  [
    'why it is not announced',
    has('192.0.2.1', announced({})),
    has('192.0.2.1', announced({ status: 'False', reason: 'NoRouter', says: 'No session.', since: THEN })),
    [`${THEN} is not announced (NoRouter) | No session.`],
  ],
  [
    'another reason why it is not announced',
    has('192.0.2.1', announced({ status: 'False', reason: 'NoRouter', says: 'No session.' })),
    has('192.0.2.1', announced({ status: 'False', reason: 'NoNode', says: 'No node.' })),
    [`${NOW} is not announced (NoNode) | No node.`],
  ],
  [
    'not another reason of the same success',
    has('192.0.2.1', announced({ reason: 'Predicted' })),
    has('192.0.2.1', announced({ reason: 'Confirmed' })),
    [],
  ],
  [
    'the node that answers',
    has('192.0.2.1'),
    has('192.0.2.1', { answeredBy: 'n1' }),
    [`${NOW} is answered by n1`],
  ],
  [
    'another owner',
    has('192.0.2.1', { answeredBy: 'n1' }),
    has('192.0.2.1', { answeredBy: 'n2' }),
    [`${NOW} is answered by n2 in place of n1`],
  ],
  [
    'that nobody answers',
    has('192.0.2.1', { answeredBy: 'n1' }),
    has('192.0.2.1'),
    [`${NOW} is answered by n1 no more`],
  ],
  ['no other fields', has('192.0.2.1'), has('192.0.2.1', { request: 'IPv4, shared as x' }), []],
];

describe('changes of Services', () => {
  for (const [says, before, after, expected] of ROWS)
    it(`tell ${says}`, () => {
      const others = [service({ service: 'shop/aaa' }), service({ service: 'shop/zzz' })] as const;
      const list = (one: ServiceOverview | null) => [others[0], ...(one === null ? [] : [one]), others[1]];
      const changes = serviceChanges(documentOf(list(before)), documentOf(list(after)));
      const texts = changes.map(
        ({ time, says, because }) => `${time} ${says}${because == null ? '' : ` | ${because}`}`,
      );
      assert.deepEqual(texts, expected);
      assert.ok(changes.every(({ kind, name }) => `${kind} ${name}` === 'Service shop/web'));
    });

  it('tell nothing where Services could not be read', () => {
    const [some, none] = [documentOf([has('192.0.2.1')]), documentOf(null)];
    assert.deepEqual([serviceChanges(some, none), serviceChanges(none, some)], [[], []]);
  });
});
