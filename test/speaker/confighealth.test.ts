/** What is wrong with objects is said when it is new, and not again with every other change. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Complaint } from '../../src/announce/complaint.ts';
import { createLog } from '../../src/observe/log.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import { ConfigHealth } from '../../src/speaker/confighealth.ts';
import { FakeClock } from '../support/clock.ts';

const about = (name: string): Complaint => ({
  ...{ kind: 'BGPPeer', name },
  fault: { path: 'spec.holdTime', message: 'is wrong' },
});

function listening() {
  const lines: string[] = [];
  const log = createLog({
    ...{ level: 'debug', format: 'json', clock: new FakeClock() },
    sink: (line) => lines.push(JSON.parse(line).because),
  });
  const health = new ConfigHealth({ log, metrics: new Metrics('test'), state: { set: () => {} } });
  const said = (complaints: readonly Complaint[] | null, warnings: readonly Complaint[] | null): number => {
    const before = lines.length;
    health.looked(complaints, warnings);
    return lines.length - before;
  };
  return said;
}

describe('an object', () => {
  it('that is invalid is named once, and again when it was right in between', () => {
    const said = listening();
    assert.equal(said([about('a')], null), 1);
    assert.equal(said([about('a'), about('b')], null), 1);
    assert.equal(said([about('b')], null), 0);
    assert.equal(said([about('a'), about('b')], null), 1);
  });

  it('that is warned about is named once, and again when it was right in between', () => {
    const said = listening();
    assert.equal(said(null, [about('a')]), 1);
    assert.equal(said(null, [about('a'), about('b')]), 1);
    assert.equal(said(null, [about('b')]), 0);
    assert.equal(said(null, null), 0);
    assert.equal(said(null, [about('a'), about('b')]), 1);
  });
});
