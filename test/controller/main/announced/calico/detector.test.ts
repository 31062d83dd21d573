/** The detector of Calico, in front of a server that does not always answer. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  CalicoDetector,
  DETECT_INTERVAL,
  UNANSWERED_INTERVAL,
  UNANSWERED_MAX,
} from '../../../../../src/controller/main/announced/calico/detector.ts';
import { createNodeInformer, createSliceInformer } from '../../../../../src/controller/main/api/informers.ts';
import type { ApiOutcome } from '../../../../../src/kube/http/api-request.ts';
import { silentLog } from '../../../../../src/observe/log.ts';
import { Metrics } from '../../../../../src/observe/metrics.ts';
import { listOutcome, refusedOutcome, ScriptedClient } from '../../../../kube/support/scripted-client.ts';
import { FakeClock } from '../../../../support/fake-clock.ts';

const DAEMON_SET = '/apis/apps/v1/namespaces/kube-system/daemonsets/calico-node';
const FOUND: ApiOutcome = {
  ...{ kind: 'ok', status: 200 },
  body: { metadata: { name: 'calico-node', namespace: 'kube-system' }, spec: {} },
};
const ABSENT = refusedOutcome(404, 'NotFound');
const NO_ANSWERS: readonly ApiOutcome[] = [
  { kind: 'unknown', because: 'timed out' },
  { kind: 'unsent', because: 'ECONNREFUSED' },
  refusedOutcome(503),
  refusedOutcome(429),
];

describe('the detector of Calico', () => {
  let client: ScriptedClient;
  let clock: FakeClock;
  let detector: CalicoDetector;
  let stop: AbortController;
  let running: Promise<void>;
  /** Of the read of the DaemonSet. */
  let answer: ApiOutcome;

  beforeEach(() => {
    client = new ScriptedClient();
    clock = new FakeClock();
    client.answer = ({ path }) => {
      if (path === DAEMON_SET) return answer;
      return /\/(daemonsets|configmaps)\/|installations/.test(path) ? ABSENT : listOutcome([], '1');
    };
    const context = { client, clock, random: () => 0.5, log: silentLog, metrics: new Metrics('test') };
    detector = new CalicoDetector({
      ...{ context, mode: 'auto' },
      ...{ nodes: createNodeInformer(context), endpointSlices: createSliceInformer(context) },
    });
    stop = new AbortController();
  });
  afterEach(() => {
    stop.abort();
    return running;
  });

  const run = async (first: ApiOutcome): Promise<void> => {
    answer = first;
    running = detector.run(stop.signal);
    await clock.advanceAsync(0);
  };

  for (const unanswered of NO_ANSWERS) {
    it(`keeps what it found where a read is ${unanswered.kind} (${'status' in unanswered ? unanswered.status : 'no answer'})`, async () => {
      await run(FOUND);
      assert.equal(detector.isActive, true);
      answer = unanswered;
      await clock.advanceAsync(DETECT_INTERVAL);
      assert.deepEqual([detector.isActive, detector.evidence.length], [true, 1]);
      answer = ABSENT;
      await clock.advanceAsync(UNANSWERED_INTERVAL);
      assert.deepEqual([detector.isActive, detector.evidence.length], [false, 0]);
    });
  }

  for (const [what, isSlow] of [
    ['of its installation', (path: string) => path === DAEMON_SET],
    ['of its kinds', (path: string) => /calico.*\/bgpconfigurations/.test(path)],
  ] as const) {
    it(`stops at once while a read ${what} has no answer, and starts nothing`, async () => {
      const given = client.answer;
      let answerLate = (_: ApiOutcome): void => {};
      const late = new Promise<ApiOutcome>((resolve) => {
        answerLate = resolve;
      });
      client.answer = (request) => (isSlow(request.path) ? late : given(request));
      let isOver = false;
      await run(FOUND);
      void running.then(() => {
        isOver = true;
      });
      stop.abort();
      await clock.advanceAsync(0);
      const before = [isOver, detector.isActive, detector.evidence.length > 0];
      answerLate(FOUND);
      await clock.advanceAsync(0);
      assert.deepEqual(before, [true, false, !isSlow(DAEMON_SET)]);
      assert.deepEqual([detector.isActive, client.watches.length], [false, 0]);
    });
  }

  it('keeps what it found where the right to read it is withdrawn', async () => {
    await run(FOUND);
    answer = refusedOutcome(403, 'Forbidden');
    await clock.advanceAsync(DETECT_INTERVAL);
    assert.equal(detector.isActive, true);
  });

  it('has not synced before the first answer', async () => {
    await run(refusedOutcome(503));
    assert.equal(detector.hasSynced, false);
    answer = FOUND;
    await clock.advanceAsync(UNANSWERED_INTERVAL);
    assert.deepEqual([detector.hasSynced, detector.isActive], [true, true]);
  });

  it('counts as absent what is not answered again and again', async () => {
    await run(refusedOutcome(503));
    await clock.advanceAsync((UNANSWERED_MAX - 1) * UNANSWERED_INTERVAL);
    assert.equal(detector.hasSynced, false);
    await clock.advanceAsync(UNANSWERED_INTERVAL);
    assert.deepEqual([detector.hasSynced, detector.isActive], [true, false]);
    answer = FOUND;
    await clock.advanceAsync(UNANSWERED_INTERVAL);
    assert.equal(detector.isActive, true);
  });
});
