/** Which Services have the event `nodeAssigned`, and when. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AssignedServices } from '../../../src/speaker/layer2/assigned-services.ts';

const KEY = 'web/blog';

/** The node that the election has, and the one that the record names, by turns. */
type Turn = readonly [owner: string | null, recorded: string | undefined];

const rows: readonly { readonly says: string; readonly turns: readonly Turn[]; readonly events: string }[] = [
  { says: 'a Service that the node takes has one', turns: [['n1', undefined]], events: '1' },
  { says: 'one that it was recorded for before its restart has none', turns: [['n1', 'n1']], events: '0' },
  {
    says: 'one that it takes from another node has one, also after the record is written',
    turns: [
      ['n1', 'n2'],
      ['n1', undefined],
      ['n1', 'n1'],
    ],
    events: '100',
  },
  {
    says: 'one that is given away and back before any record is written has no second one',
    turns: [
      ['n1', undefined],
      ['n2', undefined],
      ['n1', undefined],
    ],
    events: '100',
  },
  {
    says: 'the same while a dead node is still recorded',
    turns: [
      ['n1', 'n3'],
      ['n2', 'n3'],
      ['n1', 'n3'],
    ],
    events: '100',
  },
  {
    says: 'one that another node was recorded for meanwhile has a second one',
    turns: [
      ['n1', undefined],
      ['n2', 'n2'],
      ['n1', 'n2'],
    ],
    events: '101',
  },
  {
    says: 'one that came back to it much later has a second one',
    turns: [
      ['n1', undefined],
      ['n1', 'n1'],
      ['n2', 'n2'],
      ['n1', 'n2'],
    ],
    events: '1001',
  },
  {
    says: 'one that nobody could answer for meanwhile has a second one',
    turns: [
      ['n1', undefined],
      [null, undefined],
      ['n1', undefined],
    ],
    events: '101',
  },
];

describe('of the events nodeAssigned,', () => {
  for (const { says, turns, events } of rows) {
    it(says, () => {
      const assigned = new AssignedServices('n1');
      const sent = turns.map(
        ([owner, recorded]) =>
          assigned.update({
            owned: new Map(owner === 'n1' ? [[KEY, null]] : []),
            recorded: { get: () => recorded },
            hasOwner: () => owner !== null,
          }).length,
      );
      assert.equal(sent.join(''), events);
    });
  }
});
