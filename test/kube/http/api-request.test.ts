import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isServerTimeout, readRefusal } from '../../../src/kube/http/api-request.ts';

const TIMEOUT = { metadata: {}, status: 'Failure', message: 'too long', reason: 'Timeout', details: {} };

describe('a 504 is a timeout of the API server', () => {
  const rows: readonly (readonly [says: string, status: number, body: object | string, want: boolean])[] = [
    ['with a Status', 504, { ...TIMEOUT, kind: 'Status', apiVersion: 'v1', code: 504 }, true],
    ["with the body of the server's time limit, which has no kind", 504, { ...TIMEOUT, code: 504 }, true],
    ['not with the page of a gateway', 504, '<h1>504 Gateway Time-out</h1>', false],
    ['not with an object of another kind', 504, { ...TIMEOUT, kind: 'Error', code: 504 }, false],
    ['not with another reason', 504, { kind: 'Status', reason: 'ServerTimeout' }, false],
    ['not with another code', 500, { ...TIMEOUT, kind: 'Status', code: 500 }, false],
  ];
  for (const [says, status, body, want] of rows)
    it(says, () => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      assert.equal(isServerTimeout(readRefusal({ status, retryAfter: undefined, text }, 0)), want);
    });

  it('and no other reason is read from a body without a kind', () => {
    const text = JSON.stringify({ metadata: {}, status: 'Failure', reason: 'NotFound', code: 404 });
    assert.equal(readRefusal({ status: 404, retryAfter: undefined, text }, 0).reason, '');
  });
});
