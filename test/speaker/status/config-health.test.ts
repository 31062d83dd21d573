/** What is wrong with objects is said when it is new, and not again with every other change. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ObjectIssue } from '../../../src/announce/config/object-issue.ts';
import { createLog } from '../../../src/observe/log.ts';
import { Metrics } from '../../../src/observe/metrics.ts';
import { ConfigHealth } from '../../../src/speaker/status/config-health.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const complaintAbout = (name: string): ObjectIssue => ({
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
    complaints: readonly ObjectIssue[] | null,
    warnings: readonly ObjectIssue[] | null,
  ): number => {
    const before = lines.length;
    health.reconciled(complaints, warnings);
    return lines.length - before;
  };
  return countLogged;
}

describe('an object', () => {
  it('that is invalid is named once, and again when it was right in between', () => {
    const said = setUp();
    assert.equal(said([complaintAbout('a')], null), 1);
    assert.equal(said([complaintAbout('a'), complaintAbout('b')], null), 1);
    assert.equal(said([complaintAbout('b')], null), 0);
    assert.equal(said([complaintAbout('a'), complaintAbout('b')], null), 1);
  });

  it('that is warned about is named once, and again when it was right in between', () => {
    const said = setUp();
    assert.equal(said(null, [complaintAbout('a')]), 1);
    assert.equal(said(null, [complaintAbout('a'), complaintAbout('b')]), 1);
    assert.equal(said(null, [complaintAbout('b')]), 0);
    assert.equal(said(null, null), 0);
    assert.equal(said(null, [complaintAbout('a'), complaintAbout('b')]), 1);
  });
});
