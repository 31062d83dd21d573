import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApiOutcome } from '../../../src/kube/http/api-request.ts';
import { warnOfOldServer } from '../../../src/runtime/main/server-version.ts';
import { FakeClock, flushPromises } from '../../support/fake-clock.ts';

const ok = (minor: string): ApiOutcome => ({
  ...{ kind: 'ok', status: 200 },
  body: { major: '1', minor, gitVersion: `v1.${minor}.3` },
});
const refused = (status: number): ApiOutcome => ({
  ...{ kind: 'refused', status, reason: '', message: 'no', retryAfter: null },
});
const UNSENT: ApiOutcome = { kind: 'unsent', because: 'connection refused' };
const MINUTE = 60_000;

const OLD = 'The API server is v1.24.3, and Berth supports Kubernetes 1.25 and newer.';

describe('a program that starts on a cluster', () => {
  const table: readonly [what: string, outcomes: readonly ApiOutcome[], says: readonly string[]][] = [
    ['that is too old: says so once', [ok('24')], [OLD]],
    ['that is supported: says nothing', [ok('25')], []],
    ['that is away at first: asks again', [UNSENT, refused(503), refused(429), ok('24')], [OLD]],
    ['that refuses to tell: asks no more', [refused(403), ok('24')], []],
    ['that answers something else: says nothing', [{ kind: 'ok', status: 200, body: 'hello' }, ok('24')], []],
  ];
  for (const [what, outcomes, says] of table)
    it(what, async () => {
      const clock = new FakeClock();
      const warnings: unknown[] = [];
      const left = [...outcomes];
      const client = { send: async (): Promise<ApiOutcome> => left.shift() ?? UNSENT };
      const log = {
        warn: (_: string, fields: Readonly<Record<string, unknown>> = {}) => {
          warnings.push(fields['because']);
        },
      };
      const stop = new AbortController();
      const ended = warnOfOldServer({ client, clock, log }, stop.signal);
      for (let minutes = 0; minutes < 5; minutes++) {
        await clock.advanceAsync(MINUTE);
      }
      await ended;
      assert.deepEqual(warnings, says);
      assert.equal(clock.pending, 0);
    });

  it('asks no more when it is stopped', async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const client = { send: async (): Promise<ApiOutcome> => UNSENT };
    const ended = warnOfOldServer({ client, clock, log: { warn: () => assert.fail() } }, stop.signal);
    await flushPromises();
    stop.abort();
    await ended;
    assert.equal(clock.pending, 0);
  });
});
