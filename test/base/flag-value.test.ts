import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { flagValue, switchValue } from '../../src/base/flag-value.ts';

const rows: readonly [says: string, args: readonly string[], value: string | null][] = [
  ['behind an equals sign', ['--config=a'], 'a'],
  ['behind a blank', ['--port', '1', '--config', 'a'], 'a'],
  ['with one dash', ['-config', 'a'], 'a'],
  ['the last of several', ['--config=a', '--config=b'], 'b'],
  ['without a value', ['--config'], ''],
  ['another flag', ['--config-ns=a', 'config'], null],
  ['none', [], null],
];

describe('flagValue', () => {
  for (const [says, args, value] of rows) it(says, () => assert.equal(flagValue(args, 'config'), value));
});

const switches: readonly [args: readonly string[], value: boolean][] = [
  [[], false],
  [['--on'], true],
  [['-on', 'false'], true],
  [['--on=true'], true],
  [['--on=1'], true],
  [['--on=false'], false],
  [['--on', '--on=0'], false],
];

describe('switchValue', () => {
  for (const [args, value] of switches)
    it(`${args.join(' ') || 'none'}: ${value}`, () => assert.equal(switchValue(args, 'on'), value));
});
