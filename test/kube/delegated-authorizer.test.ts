import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  DelegatedAuthorizer,
  REVIEW_CACHE_TTL,
  type TokenAuthorization,
} from '../../src/kube/delegated-authorizer.ts';
import type { ApiOutcome } from '../../src/kube/http/api-request.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { refusedOutcome, ScriptedClient } from './support/scripted-client.ts';

const reviewOutcome = (status: object): ApiOutcome => ({ kind: 'ok', status: 201, body: { status } });
const AUTHENTICATED = reviewOutcome({
  authenticated: true,
  user: { username: 'prom', uid: 'x', groups: ['g'], extra: { a: ['b'] } },
});

function start(token: ApiOutcome, access: ApiOutcome) {
  const client = new ScriptedClient();
  client.answer = ({ path }) => (path.endsWith('/tokenreviews') ? token : access);
  const clock = new FakeClock();
  return { client, clock, reviewer: new DelegatedAuthorizer({ client, clock, path: '/metrics' }) };
}

describe('a token', () => {
  const rows: readonly [says: string, token: ApiOutcome, access: ApiOutcome, want: TokenAuthorization][] = [
    ['of somebody who may', AUTHENTICATED, reviewOutcome({ allowed: true }), 'ok'],
    ['of somebody who may not', AUTHENTICATED, reviewOutcome({ allowed: false }), 'forbidden'],
    [
      'of somebody who is expressly denied',
      AUTHENTICATED,
      reviewOutcome({ allowed: true, denied: true }),
      'forbidden',
    ],
    ['of nobody', reviewOutcome({ authenticated: false }), refusedOutcome(500), 'unauthenticated'],
    ['that nobody can look up', refusedOutcome(403), refusedOutcome(500), 'unavailable'],
    ['whose rights nobody can look up', AUTHENTICATED, { kind: 'unsent', because: 'x' }, 'unavailable'],
  ];
  for (const [says, token, access, want] of rows) {
    it(`${says} is ${want}`, async () => {
      assert.equal(await start(token, access).reviewer.authorize('t'), want);
    });
  }

  it('is asked about with all that is known of the user', async () => {
    const { client, reviewer } = start(AUTHENTICATED, reviewOutcome({ allowed: true }));
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
    const { client, clock, reviewer } = start(AUTHENTICATED, reviewOutcome({ allowed: true }));
    await Promise.all([reviewer.authorize('t'), reviewer.authorize('t')]);
    assert.equal(client.requests.length, 2);
    await reviewer.authorize('other');
    assert.equal(client.requests.length, 4);
    clock.advance(REVIEW_CACHE_TTL);
    await reviewer.authorize('t');
    assert.equal(client.requests.length, 6);
  });

  it('that could not be looked up is asked about again at once', async () => {
    const { client, reviewer } = start(refusedOutcome(500), AUTHENTICATED);
    await reviewer.authorize('t');
    await reviewer.authorize('t');
    assert.equal(client.requests.length, 2);
  });
});
