/** Whom a node waits for when it leaves an address. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GroupElection } from '../../../src/layer2/election/group-election.ts';
import { successorsOf } from '../../../src/layer2/election/successors.ts';
import { type AliveNodes, aliveByVerdicts } from '../../../src/layer2/membership/alive.ts';
import type { Address } from '../../../src/net/address.ts';

const ADDRESS: Address = { family: 4, bits: 0xc0000201n };

/** An election of one Service with that address; `node` is its owner. */
function elected(node: string | null, recorded: string | null): GroupElection {
  const standing = { kind: 'eligible', weight: 0, wanted: null, answering: { 4: null, 6: null } } as const;
  const service = { key: 'web/blog', addresses: [ADDRESS] };
  return {
    group: [service],
    standings: ['n1', 'n2'].map((name) => ({ node: name, standings: [standing] })),
    owner: node === null ? null : { node, reason: 'order' },
    recorded,
  } as unknown as GroupElection;
}

const NAMES = ['n1', 'n2'];
const TOGETHER = aliveByVerdicts(NAMES, [{ watcher: 'n1', node: 'n2', isUp: true }]);
const APART = aliveByVerdicts(NAMES, [{ watcher: 'n1', node: 'n2', isUp: false }]);

type Row = {
  readonly says: string;
  readonly before: GroupElection | null;
  readonly now: GroupElection;
  readonly alive?: AliveNodes;
  readonly successor: string | null;
};

const ROWS: readonly Row[] = [
  { says: 'an edit', before: elected('n1', 'n1'), now: elected('n2', 'n1'), successor: 'n2' },
  {
    says: 'an edit before there is a record',
    before: elected('n1', null),
    now: elected('n2', null),
    successor: 'n2',
  },
  {
    says: 'a record that is new: n2 answers',
    before: elected('n1', 'n1'),
    now: elected('n2', 'n2'),
    successor: null,
  },
  {
    says: 'the return of n2, whose old record n1 has not replaced yet',
    ...{ before: elected('n1', 'n2'), now: elected('n2', 'n2'), successor: 'n2' },
  },
  { says: 'a record, in a new process', before: null, now: elected('n2', 'n2'), successor: 'n2' },
  { says: 'no owner', before: elected('n1', 'n1'), now: elected(null, 'n1'), successor: null },
  {
    says: 'a network that is cut, where n2 is the living part',
    ...{ before: elected('n1', null), now: elected('n2', 'n2'), alive: APART, successor: null },
  },
];

describe('n1 leaves an address', () => {
  for (const { says, before, now, alive = TOGETHER, successor } of ROWS)
    it(`${successor === null ? 'at once' : `until ${successor} has announced it`}, by ${says}`, () => {
      const successors = successorsOf({
        ...{ node: 'n1', alive, state: { elections: [now] } },
        before: before === null ? null : { elections: [before] },
      });
      assert.equal(successors(ADDRESS), successor);
    });
});
