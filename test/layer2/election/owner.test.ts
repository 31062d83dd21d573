import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { firstInOrder } from '../../../src/layer2/election/node-order.ts';
import { type Candidate, electOwner } from '../../../src/layer2/election/owner.ts';

const ADDRESS = '10.0.0.1';
const candidate = (node: string, weight = 0, reach = 1, covers = 1): Candidate => ({
  ...{ node, weight, reach, covers },
});
const elect = (candidates: readonly Candidate[], recorded: string | null = null, keepsOwner = true) =>
  electOwner({ address: ADDRESS, candidates, recorded, keepsOwner, returned: new Set(), handOver: null });

describe('the order of nodes', () => {
  it('is that of the bytes of SHA-256 of node, # and address', () => {
    const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'];
    const bytes = (node: string) => createHash('sha256').update(`${node}#fd00::1`).digest();
    const [first] = nodes.toSorted((a, b) => Buffer.compare(bytes(a), bytes(b)));
    assert.equal(firstInOrder(nodes, 'fd00::1'), first);
  });

  it('of one node is that node, of none null', () => {
    assert.equal(firstInOrder(['n1'], ADDRESS), 'n1');
    assert.equal(firstInOrder([], ADDRESS), null);
  });

  it('spreads addresses over the nodes', () => {
    const owners = new Set(
      Array.from({ length: 60 }, (_, index) => firstInOrder(['n1', 'n2', 'n3'], `10.0.0.${index}`)),
    );
    assert.deepEqual([...owners].sort(), ['n1', 'n2', 'n3']);
  });
});

describe('the owner of addresses', () => {
  const three = [candidate('n1'), candidate('n2'), candidate('n3')];
  const [first = '', ...rest] = ['n1', 'n2', 'n3'].sort((a, b) =>
    firstInOrder([a, b], ADDRESS) === a ? -1 : 1,
  );
  const [second = ''] = rest;

  it('is nobody without candidates', () => assert.equal(elect([]), null));

  it('is the only candidate, whatever is recorded', () => {
    assert.deepEqual(elect([candidate('n1')], 'n2'), { node: 'n1', reason: 'only' });
  });

  it('is the first by hash where none is recorded', () => {
    assert.deepEqual(elect(three), { node: first, reason: 'order' });
  });

  it('stays the recorded one while it is as good as others', () => {
    assert.deepEqual(elect(three, second), { node: second, reason: 'recorded' });
  });

  describe('that is handed over', () => {
    const handOver = (node: string, candidates: readonly Candidate[], keepsOwner = true) =>
      electOwner({
        ...{ address: ADDRESS, candidates, recorded: first, keepsOwner, returned: new Set(), handOver: node },
      });

    it('is the node that takes it over, where it is as good', () => {
      assert.deepEqual(handOver(second, three), { node: second, reason: 'handedOver' });
    });

    it('stays the recorded one where others are preferred to the node, or it is no candidate', () => {
      const weighed = three.map((one) => (one.node === first ? { ...one, weight: 5 } : one));
      assert.deepEqual(handOver(second, weighed), { node: first, reason: 'recorded' });
      assert.deepEqual(handOver('n9', three), { node: first, reason: 'recorded' });
    });

    it('stays the first by hash where owners are not kept', () => {
      assert.deepEqual(handOver(second, three, false), { node: first, reason: 'order' });
    });
  });

  it('is the first by hash where the recorded one is no candidate', () => {
    assert.deepEqual(elect(three, 'n9'), { node: first, reason: 'order' });
  });

  it('goes back to the first by hash where owners are not kept', () => {
    assert.deepEqual(elect(three, second, false), { node: first, reason: 'order' });
  });

  it('is the preferred one, whatever is recorded and hashed', () => {
    const weighed = three.map((one) => (one.node === second ? { ...one, weight: 5 } : one));
    assert.deepEqual(elect(weighed, first), { node: second, reason: 'preferred' });
  });

  it('stays the recorded one of several with the highest weight', () => {
    const weighed = three.map((one) => (one.node === first ? one : { ...one, weight: 5 }));
    assert.deepEqual(elect(weighed, second), { node: second, reason: 'recorded' });
  });

  describe('while the preferred node has just returned', () => {
    const [high, low] = [candidate('n1', 5), candidate('n2', 2)];
    const rows: readonly {
      readonly says: string;
      readonly candidates: readonly Candidate[];
      readonly recorded: string | null;
      readonly keepsOwner?: boolean;
      readonly owner: { readonly node: string; readonly reason: string };
    }[] = [
      {
        says: 'stays the recorded one',
        ...{ candidates: [high, low], recorded: 'n2', owner: { node: 'n2', reason: 'recorded' } },
      },
      {
        says: 'is the preferred one where the recorded one is gone, so that the address moves once',
        ...{ candidates: [high, low], recorded: 'n3', owner: { node: 'n1', reason: 'preferred' } },
      },
      {
        says: 'is the preferred one where none is recorded',
        ...{ candidates: [high, low], recorded: null, owner: { node: 'n1', reason: 'preferred' } },
      },
      {
        says: 'stays the preferred one where it is recorded itself',
        ...{ candidates: [high, low], recorded: 'n1', owner: { node: 'n1', reason: 'recorded' } },
      },
      {
        says: 'is a third one that is preferred, too, and was there all the time',
        candidates: [high, low, candidate('n3', 3)],
        ...{ recorded: 'n2', owner: { node: 'n3', reason: 'preferred' } },
      },
      {
        says: 'is the preferred one where owners are not kept',
        ...{ candidates: [high, low], recorded: 'n2', keepsOwner: false },
        owner: { node: 'n1', reason: 'preferred' },
      },
    ];
    for (const { says, candidates, recorded, keepsOwner = true, owner } of rows)
      it(says, () => {
        const election = {
          address: ADDRESS,
          candidates,
          recorded,
          keepsOwner,
          returned: new Set(['n1']),
          handOver: null,
        };
        assert.deepEqual(electOwner(election), owner);
      });
  });

  it('is the one with the greatest reach where none is recorded', () => {
    const reaching = [candidate(first, 0, 1), candidate(second, 0, 2)];
    assert.equal(elect(reaching)?.node, second);
    assert.equal(elect(reaching, first)?.node, first);
  });
});
