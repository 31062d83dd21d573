/** What is noted between two elections. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TOUCHED_MAX, TouchedLog } from '../../../src/layer2/model/touched-log.ts';

describe('the log of Services that changed', () => {
  it('says before the first election that any may differ', () => {
    const log = new TouchedLog();
    log.key('web/a');
    assert.equal(log.take(), null);
  });

  it('has each change once, for the next election alone', () => {
    const log = new TouchedLog();
    log.take();
    log.key('web/a');
    log.key('web/a');
    log.service('web/b', null);
    assert.deepEqual(log.take(), { services: new Map([['web/b', null]]), keys: new Set(['web/a']) });
    assert.deepEqual(log.take(), { services: new Map(), keys: new Set() });
  });

  it('gives up where there are too many, and begins again with the next election', () => {
    const log = new TouchedLog();
    log.take();
    for (let index = 0; index <= TOUCHED_MAX; index++) log.key(`web/s${index}`);
    assert.equal(log.take(), null);
    log.key('web/a');
    assert.deepEqual(log.take()?.keys, new Set(['web/a']));
  });
});
