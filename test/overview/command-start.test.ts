import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyCommand, berthCommand, planCommand } from '../../src/overview/command-start.ts';

const PLAIN = { program: 'berth', flags: { plan: [], explain: [] }, kubectl: 'kubectl' };
const OTHER = {
  program: 'kubectl berth',
  flags: {
    plan: ['--context prod'],
    explain: ['--pool-namespace lb', '--context prod'],
    'bgp peers': ['--context prod'],
  },
  kubectl: 'kubectl --context prod',
};

describe('a command that a page names', () => {
  const rows: readonly [says: string, command: string, want: string | null][] = [
    [
      'has the flags of the dashboard',
      'explain address 192.0.2.1',
      'kubectl berth explain address 192.0.2.1 --pool-namespace lb --context prod',
    ],
    [
      'does not have a flag twice',
      'explain service web -n shop --pool-namespace lb',
      'kubectl berth explain service web -n shop --pool-namespace lb --context prod',
    ],
    ['may have two words', 'bgp peers --node w1', 'kubectl berth bgp peers --node w1 --context prod'],
    ['is left out where it cannot read what is shown', 'bgp routes --node w1', null],
  ];
  for (const [says, command, want] of rows) it(says, () => assert.equal(berthCommand(command, OTHER), want));
});

const plans: readonly [says: string, text: string, deletions: readonly string[], want: string][] = [
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
  for (const [says, text, deletions, want] of plans)
    it(says, () => assert.equal(planCommand(text, deletions, PLAIN), want));

  it('leads to the cluster that is shown', () => {
    assert.equal(
      planCommand('a: 1\n', [], OTHER),
      "kubectl berth plan -f - --context prod <<'EOF'\na: 1\nEOF\n",
    );
    assert.equal(applyCommand('a: 1\n', OTHER), "kubectl --context prod apply -f - <<'EOF'\na: 1\nEOF\n");
  });
});
