/** What is said of Services that no router has learned, or only in part. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Refusal } from '../../src/announce/refusal.ts';
import type { Told } from '../../src/announce/told.ts';
import { nativeLearned, type SpeakerView } from '../../src/playground/nativelearned.ts';
import { RouterRib } from '../../src/playground/nativerib.ts';
import type { Row } from '../../src/playground/row.ts';

const row = (addresses: readonly string[]): Row => ({
  ...{ key: 'shop/web', uid: 'u', resourceVersion: '1', wish: 'IPv4', addresses, pool: 'one' },
  ...{ standing: addresses.length > 0 ? 'served' : 'waiting', note: null, expected: true },
});

const refused = (refusal: Refusal): Told => ({
  verdict: { kind: 'refused', refusal },
  meant: [],
  assigned: false,
});

const speaker = (node: string, told: Told | null, hasLeft = false): SpeakerView => ({
  node,
  told: () => told,
  hasLeft: () => hasLeft,
  neighbours: [],
});

const announced = (addresses: string): Told => ({
  verdict: {
    kind: 'announced',
    standing: { addresses, pool: { name: 'one', labels: {}, ranges: [], own: [] } },
    poolGone: false,
    offers: [],
  },
  meant: [],
  assigned: false,
});

const NONE = refused({ code: 'noEndpoints' });
const LOCAL = refused({ code: 'noLocalEndpoints' });

/** The reason and the sentence; null where nothing is said yet. */
function said(speakers: readonly SpeakerView[], addresses: readonly string[] = ['192.0.2.1']) {
  const book = nativeLearned([row(addresses)], { speakers, ribs: new Map([['10.0.0.1', new RouterRib()]]) });
  const learned = book.get('shop/web');
  return learned === undefined ? null : [learned.isWell, learned.byAddress.get('192.0.2.1'), learned.note];
}

describe('why a router has not learned an address', () => {
  it('all nodes give one reason: it stands alone', () =>
    assert.deepEqual(said([speaker('w1', NONE), speaker('w2', NONE)]), [
      false,
      ['NoEndpoints'],
      '192.0.2.1 is learned by no router: no endpoint is ready or serving (w1 w2).',
    ]));

  it('they give several: each with its nodes', () =>
    assert.deepEqual(
      said([speaker('w1', LOCAL), speaker('w2', announced('192.0.2.1')), speaker('w3', LOCAL)]),
      [
        false,
        ['NotLearned'],
        '192.0.2.1 is learned by no router: externalTrafficPolicy is Local, and no endpoint on this node is ready or serving (w1 w3); no BGPPeer selects this node (w2).',
      ],
    ));

  it('a node that has left is told apart from one that has no peer', () =>
    assert.deepEqual(said([speaker('w1', announced('192.0.2.1'), true)]), [
      false,
      ['NodeLeaves'],
      '192.0.2.1 is learned by no router: this node has left its routers (w1).',
    ]));

  it('there is no node', () =>
    assert.deepEqual(said([]), [
      false,
      ['NoNode'],
      '192.0.2.1 is learned by no router: there is no Node, and so no speaker.',
    ]));

  const silent: readonly [says: string, speakers: readonly SpeakerView[]][] = [
    ['a speaker that has not seen the Service', [speaker('w1', NONE), speaker('w2', null)]],
    ['one that has not seen its address', [speaker('w1', refused({ code: 'noIPAllocated' }))]],
    ['one that knows another address', [speaker('w1', announced('192.0.2.2'))]],
  ];
  for (const [says, speakers] of silent)
    it(`${says}: nothing is said yet`, () => assert.equal(said(speakers), null));

  it('a Service without an address is not spoken of', () =>
    assert.equal(said([speaker('w1', NONE)], []), null));
});
