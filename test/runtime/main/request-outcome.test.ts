import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ApiOutcome } from '../../../src/kube/http/api-request.ts';
import { toRequestOutcome, toWriteOutcome } from '../../../src/runtime/main/request-outcome.ts';

const refused = (status: number, message = 'm', retryAfter: number | null = null): ApiOutcome => ({
  kind: 'refused',
  status,
  reason: 'R',
  message,
  retryAfter,
});

const notFound = (reason: string): ApiOutcome => ({
  kind: 'refused',
  status: 404,
  reason,
  message: 'm',
  retryAfter: null,
});

const CASES: readonly (readonly [says: string, outcome: ApiOutcome, kind: string])[] = [
  ['200', { kind: 'ok', status: 200, body: { name: 'a' } }, 'done'],
  ['200 with something else', { kind: 'ok', status: 200, body: {} }, 'unknown'],
  ['404 of the server', notFound('NotFound'), 'gone'],
  ['404 of somebody in between', notFound(''), 'unknown'],
  ['409', refused(409), 'stale'],
  ['422 about the uid', refused(422, 'metadata.uid: Invalid value: field is immutable'), 'stale'],
  ['422 about anything else', refused(422, 'status.loadBalancer: Invalid value'), 'refused'],
  ['429', refused(429, 'slow down', 2000), 'busy'],
  ['500', refused(500), 'busy'],
  ['503', refused(503), 'busy'],
  ['403', refused(403), 'refused'],
  ['unsent', { kind: 'unsent', because: 'b' }, 'unsent'],
  ['unknown', { kind: 'unknown', because: 'b' }, 'unknown'],
];

for (const [says, outcome, kind] of CASES) {
  it(`${says} is ${kind}`, () => {
    assert.equal(
      toRequestOutcome(outcome, (raw) => (typeof raw['name'] === 'string' ? raw : null)).kind,
      kind,
    );
  });
}

it('the outcome of a busy server has its time to wait', () => {
  assert.deepEqual(
    toRequestOutcome(refused(429, 'slow down', 2000), () => null),
    {
      kind: 'busy',
      because: 'refused with 429 R: slow down',
      retryAfter: 2000,
      notApplied: true,
    },
  );
});

it('a write outcome does not depend on the body', () => {
  assert.deepEqual(toWriteOutcome({ kind: 'ok', status: 200, body: null }), {
    kind: 'done',
    value: undefined,
  });
  assert.equal(toWriteOutcome(notFound('NotFound')).kind, 'gone');
});
