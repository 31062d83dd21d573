import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApiOutcome } from '../../src/kube/outcome.ts';
import { REVIEW_KEPT, Reviewer, type ReviewVerdict } from '../../src/kube/review.ts';
import { FakeClock } from '../support/clock.ts';
import { refused, ScriptedClient } from './script.ts';

const review = (status: object): ApiOutcome => ({ kind: 'ok', status: 201, body: { status } });
const KNOWN = review({
  authenticated: true,
  user: { username: 'prom', uid: 'x', groups: ['g'], extra: { a: ['b'] } },
});

function begin(token: ApiOutcome, access: ApiOutcome) {
  const client = new ScriptedClient();
  client.answer = ({ path }) => (path.endsWith('/tokenreviews') ? token : access);
  const clock = new FakeClock();
  return { client, clock, reviewer: new Reviewer({ client, clock, path: '/metrics' }) };
}

describe('a token', () => {
  const rows: readonly [says: string, token: ApiOutcome, access: ApiOutcome, want: ReviewVerdict][] = [
    ['of somebody who may', KNOWN, review({ allowed: true }), 'ok'],
    ['of somebody who may not', KNOWN, review({ allowed: false }), 'forbidden'],
    ['of somebody who is expressly denied', KNOWN, review({ allowed: true, denied: true }), 'forbidden'],
    ['of nobody', review({ authenticated: false }), refused(500), 'unauthenticated'],
    ['that nobody can look up', refused(403), refused(500), 'unavailable'],
    ['whose rights nobody can look up', KNOWN, { kind: 'unsent', because: 'x' }, 'unavailable'],
  ];
  for (const [says, token, access, want] of rows) {
    it(`${says} is ${want}`, async () => {
      assert.equal(await begin(token, access).reviewer.authorize('t'), want);
    });
  }

  it('is asked about with all that is known of the user', async () => {
    const { client, reviewer } = begin(KNOWN, review({ allowed: true }));
    await reviewer.authorize('t');
    assert.deepEqual(
      client.requests.map(({ method, path, body }) => [method, path, (body as { spec: object }).spec]),
      [
        ['POST', '/apis/authentication.k8s.io/v1/tokenreviews', { token: 't' }],
        [
          'POST',
          '/apis/authorization.k8s.io/v1/subjectaccessreviews',
          {
            user: 'prom',
            uid: 'x',
            groups: ['g'],
            extra: { a: ['b'] },
            nonResourceAttributes: { path: '/metrics', verb: 'get' },
          },
        ],
      ],
    );
  });

  it('is asked about once for a short while, also by many at once', async () => {
    const { client, clock, reviewer } = begin(KNOWN, review({ allowed: true }));
    await Promise.all([reviewer.authorize('t'), reviewer.authorize('t')]);
    assert.equal(client.requests.length, 2);
    await reviewer.authorize('other');
    assert.equal(client.requests.length, 4);
    clock.advance(REVIEW_KEPT);
    await reviewer.authorize('t');
    assert.equal(client.requests.length, 6);
  });

  it('that could not be looked up is asked about again at once', async () => {
    const { client, reviewer } = begin(refused(500), KNOWN);
    await reviewer.authorize('t');
    await reviewer.authorize('t');
    assert.equal(client.requests.length, 2);
  });
});
