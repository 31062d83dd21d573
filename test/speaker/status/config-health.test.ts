/** Errors of objects are logged when they appear, and not again with other changes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ObjectIssue } from '../../../src/announce/config/object-issue.ts';
import { createLog } from '../../../src/observe/log.ts';
import { Metrics } from '../../../src/observe/metrics.ts';
import { ConfigHealth } from '../../../src/speaker/status/config-health.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const issueOf = (name: string): ObjectIssue => ({
  ...{ kind: 'BGPPeer', name },
  issue: { path: 'spec.holdTime', message: 'is wrong' },
});

function setUp() {
  const lines: string[] = [];
  const log = createLog({
    ...{ level: 'debug', format: 'json', clock: new FakeClock() },
    sink: (line) => lines.push(JSON.parse(line).because),
  });
  const health = new ConfigHealth({ log, metrics: new Metrics('test'), state: { set: () => {} } });
  const countLogged = (
    errors: readonly ObjectIssue[] | null,
    warnings: readonly ObjectIssue[] | null,
  ): number => {
    const before = lines.length;
    health.reconciled(errors, warnings);
    return lines.length - before;
  };
  return countLogged;
}

describe('an object', () => {
  it('that is invalid is logged once, and again after it was valid', () => {
    const countLogged = setUp();
    assert.equal(countLogged([issueOf('a')], null), 1);
    assert.equal(countLogged([issueOf('a'), issueOf('b')], null), 1);
    assert.equal(countLogged([issueOf('b')], null), 0);
    assert.equal(countLogged([issueOf('a'), issueOf('b')], null), 1);
  });

  it('with a warning is logged once, and again after it had none', () => {
    const countLogged = setUp();
    assert.equal(countLogged(null, [issueOf('a')]), 1);
    assert.equal(countLogged(null, [issueOf('a'), issueOf('b')]), 1);
    assert.equal(countLogged(null, [issueOf('b')]), 0);
    assert.equal(countLogged(null, null), 0);
    assert.equal(countLogged(null, [issueOf('a'), issueOf('b')]), 1);
  });
});
