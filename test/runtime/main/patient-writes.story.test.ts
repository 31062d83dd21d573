/** How long writes may take: the limit that each is sent with, and when it is aborted. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { Millis } from '../../../src/base/clock.ts';
import type { ApiOutcome, ApiRequest } from '../../../src/kube/http/api-request.ts';
import {
  PATIENT_WRITE_TIMEOUT,
  PatientWrites,
  UNANSWERED_PATHS_MAX,
} from '../../../src/runtime/main/patient-writes.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const SHORT: Millis = 5000;
const GRACE: Millis = 4000;
const OK: ApiOutcome = { kind: 'ok', status: 200, body: {} };
const UNKNOWN: ApiOutcome = { kind: 'unknown', because: 'no response within 5000 ms' };

describe('the writes of a process', () => {
  let clock: FakeClock;
  let writes: PatientWrites;
  let outcome: ApiOutcome | 'hangs';
  let sent: ApiRequest[];
  /** What was asked of the lease: how long it is extended for, and its end. */
  let extensions: (Millis | 'ended')[];
  let mayExtend: boolean;

  beforeEach(() => {
    clock = new FakeClock();
    outcome = OK;
    sent = [];
    extensions = [];
    mayExtend = true;
    const send = (request: ApiRequest): Promise<ApiOutcome> => {
      sent.push(request);
      if (outcome !== 'hangs') return Promise.resolve(outcome);
      return new Promise((resolve) => request.signal?.addEventListener('abort', () => resolve(UNKNOWN)));
    };
    const extendTerm = async (duration: Millis): Promise<(() => void) | null> => {
      extensions.push(duration);
      return mayExtend ? () => void extensions.push('ended') : null;
    };
    writes = new PatientWrites({
      client: { send, stream: () => () => {} },
      ...{ clock, grace: GRACE, extendTerm },
    });
    writes.begin();
  });

  const patch = (path = '/a'): Promise<ApiOutcome> => writes.send({ method: 'PATCH', path, timeout: SHORT });
  const limits = (): readonly Millis[] => sent.map(({ timeout }) => timeout);

  it('have the short limit, and the long one after no answer, until there is one', async () => {
    outcome = UNKNOWN;
    await patch();
    await patch();
    outcome = OK;
    await patch();
    await patch();
    assert.deepEqual(limits(), [SHORT, PATIENT_WRITE_TIMEOUT, PATIENT_WRITE_TIMEOUT, SHORT]);
  });

  for (const [says, answer, expected] of [
    ['a refusal', { kind: 'refused', status: 409, reason: 'Conflict', message: '', retryAfter: null }, SHORT],
    ['an answer that is too large', { ...UNKNOWN, isTooLarge: true }, SHORT],
    ['a connection that could not be opened', { kind: 'unsent', because: 'ECONNREFUSED' }, SHORT],
    ['no answer', UNKNOWN, PATIENT_WRITE_TIMEOUT],
    [
      'a timeout of the server',
      { kind: 'refused', status: 504, reason: 'Timeout', message: '', retryAfter: null },
      PATIENT_WRITE_TIMEOUT,
    ],
    [
      'a timeout of a gateway, which is no Status',
      { kind: 'refused', status: 504, reason: '', message: 'upstream', retryAfter: null },
      SHORT,
    ],
  ] as const)
    it(`after ${says}, the next has ${expected} ms`, async () => {
      outcome = answer;
      await patch();
      await patch();
      assert.deepEqual(limits(), [SHORT, expected]);
    });

  it('are limited on the server too, and reads are not', async () => {
    outcome = UNKNOWN;
    await patch('/a?fieldManager=b');
    await patch('/a?fieldManager=b');
    await writes.send({ method: 'GET', path: '/a', timeout: SHORT });
    assert.deepEqual(
      sent.map(({ path }) => path),
      ['/a?fieldManager=b&timeout=4000ms', '/a?fieldManager=b&timeout=34000ms', '/a'],
    );
  });

  it('extend the term while a long one is under way', async () => {
    outcome = UNKNOWN;
    await patch();
    assert.deepEqual(extensions, [], 'a short one needs no more than the lease');
    outcome = OK;
    await patch();
    assert.deepEqual(extensions, [PATIENT_WRITE_TIMEOUT, 'ended']);
  });

  it('extend it for as long again where a long one gets no answer: the server may still work on it', async () => {
    outcome = UNKNOWN;
    await patch();
    await patch();
    await clock.advanceAsync(PATIENT_WRITE_TIMEOUT - 1);
    assert.deepEqual(extensions, [PATIENT_WRITE_TIMEOUT]);
    await clock.advanceAsync(1);
    assert.deepEqual(extensions, [PATIENT_WRITE_TIMEOUT, 'ended']);
  });

  it('are not sent where the term cannot be extended', async () => {
    outcome = UNKNOWN;
    await patch();
    mayExtend = false;
    assert.equal((await patch()).kind, 'unsent');
    assert.equal(sent.length, 1);
  });

  it('to other paths, and reads, keep the short limit', async () => {
    outcome = UNKNOWN;
    await patch();
    await patch('/b');
    await writes.send({ method: 'GET', path: '/a', timeout: SHORT });
    assert.deepEqual(limits(), [SHORT, SHORT, SHORT]);
    assert.equal(sent[2]?.signal, undefined, 'a read is not bound to the term');
  });

  it('forget the oldest of too many paths without an answer', async () => {
    outcome = UNKNOWN;
    for (let index = 0; index <= UNANSWERED_PATHS_MAX; index++) await patch(`/${index}`);
    sent = [];
    await patch('/0');
    await patch(`/${UNANSWERED_PATHS_MAX}`);
    assert.deepEqual(limits(), [SHORT, PATIENT_WRITE_TIMEOUT]);
  });

  it('in flight at the end of a term are aborted when the grace is over', async () => {
    outcome = 'hangs';
    let result: ApiOutcome | null = null;
    void patch().then((one) => (result = one));
    await clock.advanceAsync(20_000);
    writes.end();
    await clock.advanceAsync(GRACE - 1);
    assert.equal(result, null);
    await clock.advanceAsync(1);
    assert.equal(result, UNKNOWN);
  });

  it('of a term that began again meanwhile are not aborted', async () => {
    outcome = 'hangs';
    writes.end();
    writes.begin();
    let isDone = false;
    void patch().then(() => (isDone = true));
    await clock.advanceAsync(2 * GRACE);
    assert.equal(isDone, false);
  });

  it('after the end of a term have the short limit, whatever was answered before', async () => {
    outcome = UNKNOWN;
    await patch();
    writes.end();
    await patch();
    assert.deepEqual(limits(), [SHORT, SHORT]);
  });
});
