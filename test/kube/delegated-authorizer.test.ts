import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  CACHED_REVIEWS_MAX,
  DelegatedAuthorizer,
  KNOWN_TOKEN_TTL,
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
  const rows: readonly [title: string, token: ApiOutcome, access: ApiOutcome, want: TokenAuthorization][] = [
    ['of an authorized user', AUTHENTICATED, reviewOutcome({ allowed: true }), 'ok'],
    ['of a user without the right', AUTHENTICATED, reviewOutcome({ allowed: false }), 'forbidden'],
    [
      'of a user who is explicitly denied',
      AUTHENTICATED,
      reviewOutcome({ allowed: true, denied: true }),
      'forbidden',
    ],
    [
      'that is not authenticated',
      reviewOutcome({ authenticated: false }),
      refusedOutcome(500),
      'unauthenticated',
    ],
    ['whose TokenReview fails', refusedOutcome(403), refusedOutcome(500), 'unavailable'],
    ['whose SubjectAccessReview fails', AUTHENTICATED, { kind: 'unsent', because: 'x' }, 'unavailable'],
  ];
  for (const [title, token, access, want] of rows) {
    it(`${title} is ${want}`, async () => {
      assert.equal(await start(token, access).reviewer.authorize('t'), want);
    });
  }

  it('is reviewed with all attributes of its user', async () => {
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

  it('is reviewed once in the lifetime of the cache, also for concurrent requests', async () => {
    const { client, clock, reviewer } = start(AUTHENTICATED, reviewOutcome({ allowed: true }));
    await Promise.all([reviewer.authorize('t'), reviewer.authorize('t')]);
    assert.equal(client.requests.length, 2);
    await reviewer.authorize('other');
    assert.equal(client.requests.length, 4);
    clock.advance(REVIEW_CACHE_TTL);
    await reviewer.authorize('t');
    assert.equal(client.requests.length, 6);
  });

  it('whose review failed is reviewed again at once', async () => {
    const { client, reviewer } = start(refusedOutcome(500), AUTHENTICATED);
    await reviewer.authorize('t');
    await reviewer.authorize('t');
    assert.equal(client.requests.length, 2);
  });
});

describe('a token that was authorized', () => {
  it('is recalled while the review is recent, and known for an hour', async () => {
    const { clock, reviewer } = start(AUTHENTICATED, reviewOutcome({ allowed: true }));
    assert.deepEqual([reviewer.recall('t'), reviewer.wasAuthorized('t')], [null, false]);
    await reviewer.authorize('t');
    assert.equal(await reviewer.recall('t'), 'ok');
    clock.advance(REVIEW_CACHE_TTL);
    assert.deepEqual([reviewer.recall('t'), reviewer.wasAuthorized('t')], [null, true]);
    clock.advance(KNOWN_TOKEN_TTL);
    assert.equal(reviewer.wasAuthorized('t'), false);
  });

  it('stays known while any number of made-up tokens is reviewed', async () => {
    const { client, reviewer } = start(AUTHENTICATED, reviewOutcome({ allowed: true }));
    await reviewer.authorize('good');
    client.answer = () => reviewOutcome({ authenticated: false });
    for (let at = 0; at < 2 * CACHED_REVIEWS_MAX; at++) await reviewer.authorize(`made-up ${at}`);
    assert.deepEqual([reviewer.wasAuthorized('good'), reviewer.wasAuthorized('made-up 1')], [true, false]);
  });

  it('is no longer known once a review refuses it', async () => {
    const { client, clock, reviewer } = start(AUTHENTICATED, reviewOutcome({ allowed: true }));
    await reviewer.authorize('t');
    clock.advance(REVIEW_CACHE_TTL);
    client.answer = () => reviewOutcome({ authenticated: false });
    assert.equal(await reviewer.authorize('t'), 'unauthenticated');
    assert.equal(reviewer.wasAuthorized('t'), false);
  });
});
