import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { borrowApi } from './lent.ts';

describe('an API server that is lent', () => {
  let folder: string;
  let notice: string;
  const before = process.env['BERTH_LENT_API'];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'berth-lent-'));
    notice = join(folder, 'lent-api.json');
    process.env['BERTH_LENT_API'] = notice;
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    if (before === undefined) delete process.env['BERTH_LENT_API'];
    else process.env['BERTH_LENT_API'] = before;
  });

  function lend(): void {
    const caFile = join(folder, 'ca.crt');
    writeFileSync(caFile, '');
    const access = {
      url: 'https://127.0.0.1:1',
      token: 't',
      caFile,
      kubeconfig: '',
      folder,
      kubectlPath: '',
    };
    writeFileSync(notice, JSON.stringify(access));
  }

  it('has one user at a time: the next one gets it once it is given back', () => {
    lend();
    const lent = borrowApi();
    assert.equal(lent?.api.url, 'https://127.0.0.1:1');
    assert.equal(borrowApi(), null);
    lent.giveBack();
    assert.equal(borrowApi()?.api.url, 'https://127.0.0.1:1');
  });

  it('is not there before it has started', () => assert.equal(borrowApi(), null));

  it('is not there in a run that lends none', () => {
    lend();
    delete process.env['BERTH_LENT_API'];
    assert.equal(borrowApi(), null);
  });
});
