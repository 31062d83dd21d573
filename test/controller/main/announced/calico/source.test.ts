/** Announced conditions of Calico where the model fails, or is stopped while it computes. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { ModelResult } from '../../../../../src/calico/report/calico-model.ts';
import {
  CalicoAnnouncementSource,
  EVALUATION_RETRY,
} from '../../../../../src/controller/main/announced/calico/source.ts';
import { silentLog } from '../../../../../src/observe/log.ts';
import { Metrics } from '../../../../../src/observe/metrics.ts';
import { FakeClock } from '../../../../support/fake-clock.ts';

const RESULT: ModelResult = { verdicts: [], findings: [], rangeVerdicts: [] };

describe('the conditions of Calico', () => {
  let clock: FakeClock;
  let warnings: string[];
  let notified: number;
  let source: CalicoAnnouncementSource;
  /** Settles the evaluation that is under way. */
  let settle: { readonly resolve: (result: ModelResult) => void; readonly reject: (error: Error) => void };

  beforeEach(() => {
    clock = new FakeClock();
    warnings = [];
    notified = 0;
    const warn = (message: string): void => void warnings.push(message);
    source = new CalicoAnnouncementSource({
      context: { clock, metrics: new Metrics('test'), log: { ...silentLog, warn } },
      detector: {
        ...{ hasSynced: true, isActive: true, nodeCount: 1, run: () => Promise.resolve() },
        ...{ evidence: [], calicoObjects: [], nodes: [], endpointSlices: [], readKinds: new Set() },
      },
      namespace: 'metallb-system',
      view: {
        ...{ get: () => undefined, values: () => [] },
        ...{ applyResponse: () => {}, confirmExists: () => {}, confirmDeleted: () => {} },
      },
      poolSet: () => ({ byName: new Map() }),
      isManaged: () => true,
      events: () => {},
      model: {
        isEmpty: true,
        evaluate: () => new Promise((resolve, reject) => (settle = { resolve, reject })),
        close: () => settle.reject(new Error('closed')),
      },
    });
    source.changes.add(() => notified++);
  });

  it('are evaluated again some time after a failure', async () => {
    const evaluated = source.evaluate();
    settle.reject(new Error('no memory'));
    assert.equal(await evaluated, null);
    assert.deepEqual(warnings, ['what Calico announces could not be evaluated']);
    clock.advance(EVALUATION_RETRY - 1);
    assert.equal(notified, 0);
    clock.advance(1);
    assert.equal(notified, 1);
  });

  it('are not evaluated again where another evaluation has succeeded', async () => {
    const failed = source.evaluate();
    settle.reject(new Error('no memory'));
    await failed;
    const evaluated = source.evaluate();
    settle.resolve(RESULT);
    assert.notEqual(await evaluated, null);
    clock.advance(2 * EVALUATION_RETRY);
    assert.equal(notified, 0);
  });

  it('do not fail where a stop ends the evaluation', async () => {
    const evaluated = source.evaluate();
    source.stop();
    assert.equal(await evaluated, null);
    clock.advance(2 * EVALUATION_RETRY);
    assert.deepEqual([warnings, notified], [[], 0]);
  });
});
