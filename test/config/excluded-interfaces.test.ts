import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readExcludedInterfaces } from '../../src/config/excluded-interfaces.ts';
import { formatIssue } from '../../src/config/issue.ts';

const LIST = 'announcedInterfacesToExclude';

async function patternsOf(text: string): Promise<readonly string[]> {
  const patterns = await readExcludedInterfaces(text);
  assert.ok(patterns.ok, JSON.stringify(patterns));
  return patterns.value.map(({ value }) => value);
}

describe('the list of excluded interfaces', () => {
  it('has the regular expressions, whatever YAML takes them for', async () => {
    assert.deepEqual(await patternsOf(`${LIST}: ["^docker.*", "^lo$", 7, yes]\n`), [
      ...['^docker.*', '^lo$', '7', 'yes'],
    ]);
  });

  for (const text of ['', '# nothing', `${LIST}: []`, `${LIST}:`])
    it(`of ${JSON.stringify(text)} is empty`, async () => assert.deepEqual(await patternsOf(text), []));

  const rows: readonly [text: string, issues: readonly RegExp[]][] = [
    ['a: [', [/^is not YAML at line 1, column \d+: /]],
    ['just text', [/must be an object, not the text "just text"/]],
    [`${LIST}: eth0`, [/^announcedInterfacesToExclude: must be a list, not the text "eth0"$/]],
    [
      `${LIST}: [[a], {b: c}]`,
      [/^announcedInterfacesToExclude\[0\]: must be a text/, /^announcedInterfacesToExclude\[1\]: /],
    ],
    [
      'announcedInterfaceToExclude: [a]',
      [/is not a known field: did you mean "announcedInterfacesToExclude"\?/],
    ],
  ];
  for (const [text, says] of rows)
    it(`of ${JSON.stringify(text)} cannot be read, and all that is wrong is said`, async () => {
      const read = await readExcludedInterfaces(text);
      assert.ok(!read.ok);
      const issues = read.error.map(formatIssue);
      assert.equal(issues.length, says.length, issues.join('\n'));
      for (const [index, one] of says.entries()) assert.match(issues[index] ?? '', one);
    });
});
