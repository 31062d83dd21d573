import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ISSUES_PER_POOL_MAX,
  type LoadedPools,
  poolConditionUpdate,
} from '../../src/config/pool/condition.ts';
import { buildPoolSet, toPoolObject } from '../../src/config/pool/pool-set.ts';
import {
  CONDITION_MESSAGE_CHARS_MAX,
  type ConfigurationStatus,
  configurationResult,
  configurationStatus,
} from '../../src/config/state.ts';
import type { Condition } from '../../src/objects/condition.ts';

type PoolSpec = readonly [name: string, ...addresses: readonly string[]];

const loadedPools = (...pools: readonly PoolSpec[]): LoadedPools => ({
  kind: 'loaded',
  poolSet: buildPoolSet(
    pools.map(([name, ...addresses]) => toPoolObject({ metadata: { name, uid: name }, spec: { addresses } })),
    null,
  ),
});

const NOON = Date.UTC(2026, 0, 1, 12, 0, 0, 345);
const status = (now: LoadedPools, before: readonly Condition[] = [], wall = NOON): ConfigurationStatus =>
  configurationStatus(poolConditionUpdate(now), before, wall);

describe('configurationStatus', () => {
  it('is Valid if all pools are valid, or if there are none', () => {
    const condition = {
      type: 'poolReconcilerValid',
      status: 'True',
      reason: 'Reconciled',
      message: '',
      lastTransitionTime: '2026-01-01T12:00:00Z',
    };
    assert.deepEqual(status(loadedPools(['a', '10.0.0.0/24'])), {
      result: 'Valid',
      errorSummary: '',
      conditions: [condition],
    });
    assert.equal(status(loadedPools()).result, 'Valid');
  });

  it('is Invalid with all errors, each with its pool, and the prefix once', () => {
    const { result, errorSummary, conditions } = status(
      loadedPools(['b', 'x'], ['a', '10.0.0.0/33', '10.0.0.1']),
    );
    const wanted = [
      'configuration error: pool "a": spec.addresses[0]: "10.0.0.0/33" ',
      'pool "a": spec.addresses[1]: "10.0.0.1" ',
      'pool "b": spec.addresses[0]: "x" ',
    ];
    const lines = errorSummary.split('\n');
    assert.equal(lines.length, wanted.length, errorSummary);
    for (const [index, start] of wanted.entries()) assert.ok(lines[index]?.startsWith(start), lines[index]);
    assert.equal(result, 'Invalid');
    assert.deepEqual(
      conditions.map(({ status, reason, message }) => [status, reason, message]),
      [['False', 'ConfigurationError', errorSummary]],
    );
  });

  it('is Invalid if pools overlap, and names both', () => {
    const { result, errorSummary } = status(loadedPools(['a', '10.0.0.0/24'], ['b', '10.0.0.0/25']));
    assert.equal(result, 'Invalid');
    assert.match(errorSummary, /pool "a": 10\.0\.0\.0\/25 overlaps with already defined CIDR of pool "b"/);
    assert.match(errorSummary, /pool "b": 10\.0\.0\.0\/25 overlaps with already defined CIDR of pool "a"/);
  });

  it('is Invalid if the old ConfigMap cannot be used', () => {
    const { result, errorSummary, conditions } = status({
      kind: 'unreadable',
      message: 'there is no ConfigMap "config"',
    });
    assert.deepEqual(
      [result, errorSummary],
      ['Invalid', 'configuration error: there is no ConfigMap "config"'],
    );
    assert.deepEqual([conditions[0]?.status, conditions[0]?.reason], ['False', 'ConfigurationError']);
  });

  it('changes lastTransitionTime only with the status', () => {
    const [bad, worse, good] = [
      loadedPools(['a', 'x']),
      loadedPools(['a', 'y']),
      loadedPools(['a', '10.0.0.0/24']),
    ];
    const first = status(bad, [], NOON);
    const second = status(worse, first.conditions, NOON + 60_000);
    assert.notEqual(second.errorSummary, first.errorSummary);
    assert.equal(second.conditions[0]?.lastTransitionTime, '2026-01-01T12:00:00Z');
    const third = status(good, second.conditions, NOON + 120_000);
    assert.equal(third.conditions[0]?.lastTransitionTime, '2026-01-01T12:02:00Z');
    assert.deepEqual(status(good, third.conditions, NOON + 180_000), third);
  });

  it('keeps the conditions of other writers, and their order', () => {
    const other: Condition = {
      type: 'configReconcilerValid',
      status: 'False',
      reason: 'ConfigurationError',
      message: 'theirs',
      lastTransitionTime: '2025-01-01T00:00:00Z',
    };
    const { result, errorSummary, conditions } = status(loadedPools(), [other]);
    assert.deepEqual(
      [result, errorSummary, conditions[0], conditions.length],
      ['Invalid', 'theirs', other, 2],
    );
  });

  it('lists the first errors of a pool with many, and counts the rest', () => {
    const addresses = Array.from({ length: 10_000 }, (_, i) => `bad-${i}`);
    const { errorSummary } = status(loadedPools(['a', ...addresses]));
    const lines = errorSummary.split('\n');
    assert.equal(lines.length, ISSUES_PER_POOL_MAX + 1);
    assert.equal(lines.at(-1), 'pool "a": and 9995 more complaints about this pool');
  });

  it('never exceeds the size limit of the API server', () => {
    const pools = Array.from({ length: 2_000 }, (_, i): PoolSpec => [`p${i}`, 'x']);
    const { errorSummary, conditions } = status(loadedPools(...pools));
    assert.equal(errorSummary.length, CONDITION_MESSAGE_CHARS_MAX);
    assert.equal(conditions[0]?.message.length, CONDITION_MESSAGE_CHARS_MAX);
  });
});

describe('configurationResult', () => {
  const condition = (status: Condition['status'], reason: string): Condition => ({
    type: 't',
    status,
    reason,
    message: '',
    lastTransitionTime: '',
  });
  const rows: readonly [
    says: string,
    conditions: readonly Condition[],
    result: ConfigurationStatus['result'],
  ][] = [
    ['no conditions', [], 'Unknown'],
    ['all true', [condition('True', 'Reconciled')], 'Valid'],
    [
      'false for the configuration',
      [condition('True', 'Reconciled'), condition('False', 'ConfigurationError')],
      'Invalid',
    ],
    ['false for something else', [condition('False', 'UnknownError')], 'Valid'],
  ];
  for (const [says, conditions, result] of rows) {
    it(`${says}: ${result}`, () => assert.equal(configurationResult(conditions), result));
  }
});
