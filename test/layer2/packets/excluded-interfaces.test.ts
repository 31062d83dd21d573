/** MetalLB's list of excluded interfaces: regular expressions of RE2, unanchored. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  compilePattern,
  DEFAULT_EXCLUDED_INTERFACES,
  interfaceExclusion,
} from '../../../src/layer2/packets/excluded-interfaces.ts';

describe('a pattern', () => {
  const rows: readonly (readonly [
    rule: string,
    pattern: string,
    matched: readonly string[],
    others: readonly string[],
  ])[] = [
    ['matches anywhere in the name', 'th', ['eth0', 'th'], ['lo']],
    ['may be anchored', '^eth', ['eth0'], ['veth0']],
    ['may be anchored at both ends', '^lo$', ['lo'], ['lo0', 'xlo']],
    ['may be anchored as RE2 also writes it', '\\Alo\\z', ['lo'], ['lo0']],
    ['may have classes of POSIX', '^eth[[:digit:]]+$', ['eth10'], ['ethx']],
    ['may have a class beside others', '^[[:alpha:]_]+$', ['a_b'], ['a1']],
    ['may ignore case', '(?i)^ETH', ['eth0', 'Eth1'], ['lo']],
    ['may have flags of no effect here', '(?is)^eth.', ['eth0'], ['eth']],
    ['may have named groups as Go writes them', '^(?P<kind>cali)', ['cali1'], ['eth0']],
    ['may quote text', '^\\Qa.b\\E', ['a.bc'], ['axb']],
    ['may have alternatives', '^(cali|veth)', ['cali1', 'veth2'], ['eth0']],
    ['that is empty matches everything', '', ['eth0'], []],
  ];
  for (const [rule, pattern, matched, others] of rows)
    it(rule, () => {
      assert.ok(compilePattern(pattern).ok);
      const isExcluded = interfaceExclusion([pattern]);
      assert.deepEqual(
        matched.filter((name) => !isExcluded(name)),
        [],
      );
      assert.deepEqual(others.filter(isExcluded), []);
    });

  const refused: readonly (readonly [rule: string, pattern: string, error: RegExp])[] = [
    ['that looks ahead is refused', '^(?!eth)', /^looks ahead or behind/],
    ['that looks behind is refused', '(?<=e)th', /^looks ahead or behind/],
    ['that refers back is refused', '(e)\\1', /^refers back/],
    ['that is not closed is refused', '^(eth', /^is no regular expression/],
    ['that repeats nothing is refused', '*', /^is no regular expression/],
    ['that is very long is refused', 'e'.repeat(1001), /^has more than 1000 characters/],
  ];
  for (const [rule, pattern, error] of refused)
    it(rule, () => {
      const compiled = compilePattern(pattern);
      assert.match(compiled.ok ? 'compiled' : compiled.error, error);
    });

  it('that escapes a backslash before a digit does not refer back', () => {
    assert.ok(compilePattern('a\\\\1').ok);
  });
});

describe('the list', () => {
  it('of MetalLB excludes what containers and tunnels have, and no other', () => {
    const isExcluded = interfaceExclusion(DEFAULT_EXCLUDED_INTERFACES);
    const excluded = ['docker0', 'cbr0', 'dummy1', 'virbr0', 'lxcbr0', 'vethab12', 'lo', 'cali123', 'tunl0'];
    const more = ['flannel.1', 'kube-ipvs0', 'cni0', 'nodelocaldns', 'lxc1234'];
    assert.deepEqual(
      [...excluded, ...more].filter((name) => !isExcluded(name)),
      [],
    );
    assert.deepEqual(['eth0', 'ens3', 'bond0', 'br0', 'lo1', 'enp1s0.10', 'wlan0'].filter(isExcluded), []);
  });

  it('that is empty excludes nothing, the loopback neither', () => {
    assert.equal(interfaceExclusion([])('lo'), false);
  });
});
