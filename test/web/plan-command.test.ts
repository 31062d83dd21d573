import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyCommand, planCommand } from '../../web/plan-command.ts';

const rows: readonly [says: string, text: string, deletions: readonly string[], want: string][] = [
  ['an empty edit has no command', ' \n', [], ''],
  ['a deletion alone needs no file', '', ['ipaddresspool/old'], 'berth plan --delete ipaddresspool/old'],
  ['an edit is standard input', 'a: 1', [], "berth plan -f - <<'EOF'\na: 1\nEOF\n"],
  [
    'both go together',
    'a: 1\n',
    ['ns/x', 'ns/y'],
    "berth plan --delete ns/x --delete ns/y -f - <<'EOF'\na: 1\nEOF\n",
  ],
  [
    'an edit that contains the end mark gets another one',
    'a: |\nEOF\n',
    [],
    "berth plan -f - <<'END_OF_EDIT'\na: |\nEOF\nEND_OF_EDIT\n",
  ],
  ['a name that means something to a shell is quoted', '', ["x$(y)'"], "berth plan --delete 'x$(y)'\\'''"],
];

describe('the command of a plan', () => {
  for (const [says, text, deletions, want] of rows)
    it(says, () => assert.equal(planCommand(text, deletions), want));

  it('applies what was planned', () =>
    assert.equal(applyCommand('a: 1\n'), "kubectl apply -f - <<'EOF'\na: 1\nEOF\n"));
});
