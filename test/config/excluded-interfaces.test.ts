import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readExcludedInterfaces } from '../../src/config/excluded-interfaces.ts';

describe('the list of excluded interfaces', () => {
  it('has the regular expressions', () => {
    const text = 'announcedInterfacesToExclude: ["^docker.*", "^lo$"]\n';
    assert.deepEqual(readExcludedInterfaces(text), { ok: true, value: ['^docker.*', '^lo$'] });
  });

  it('of an empty file is empty', () => {
    assert.deepEqual(readExcludedInterfaces(''), { ok: true, value: [] });
  });

  it('that cannot be read has an error', () => {
    for (const text of ['a: [', 'just text', 'announcedInterfacesToExclude: eth0'])
      assert.equal(readExcludedInterfaces(text).ok, false, text);
  });
});
