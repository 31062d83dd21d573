/** Tests of the explanation for Services that no router has learned, or only in part. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnnounceRefusal } from '../../../src/announce/decision/refusal.ts';
import type { ServiceStatus } from '../../../src/announce/model/service-status.ts';
import type { ServiceRow } from '../../../src/playground/cluster/service-row.ts';
import {
  nativeLearnedRoutes,
  type SpeakerSnapshot,
} from '../../../src/playground/routers/native-learned-routes.ts';
import { RouterRib } from '../../../src/playground/routers/router-rib.ts';

const row = (addresses: readonly string[]): ServiceRow => ({
  ...{ key: 'shop/web', uid: 'u', resourceVersion: '1', request: 'IPv4', addresses, pool: 'one' },
  ...{ state: addresses.length > 0 ? 'assigned' : 'waiting', note: null, shouldHaveAddress: true },
});

const refused = (refusal: AnnounceRefusal): ServiceStatus => ({
  decision: { kind: 'refused', refusal },
  targetPeers: [],
});

const speakerSnapshot = (node: string, status: ServiceStatus | null, hasLeft = false): SpeakerSnapshot => ({
  node,
  serviceStatus: () => status,
  hasLeft: () => hasLeft,
  neighbours: [],
});

const announced = (addresses: string): ServiceStatus => ({
  decision: {
    kind: 'announced',
    record: { addresses, pool: { name: 'one', labels: {}, ranges: [], ownedRanges: [] } },
    isPoolRemoved: false,
    contributions: [],
  },
  targetPeers: [],
});

const NONE = refused({ code: 'noEndpoints' });
const LOCAL = refused({ code: 'noLocalEndpoints' });

/** The state, the reason and the message; null where the Service is omitted. */
function learnedIn(speakers: readonly SpeakerSnapshot[], addresses: readonly string[] = ['192.0.2.1']) {
  const routesByService = nativeLearnedRoutes([row(addresses)], {
    speakers,
    ribs: new Map([['10.0.0.1', new RouterRib()]]),
  });
  const learned = routesByService.get('shop/web');
  return learned === undefined ? null : [learned.isOk, learned.byAddress.get('192.0.2.1'), learned.note];
}

describe('the explanation of a missing route', () => {
  it('one reason of all nodes is shown as it is', () =>
    assert.deepEqual(learnedIn([speakerSnapshot('w1', NONE), speakerSnapshot('w2', NONE)]), [
      false,
      ['NoEndpoints'],
      '192.0.2.1 is learned by no router: no endpoint is ready or serving (w1 w2).',
    ]));

  it('several reasons are NotLearned, each with its nodes in the message', () =>
    assert.deepEqual(
      learnedIn([
        speakerSnapshot('w1', LOCAL),
        speakerSnapshot('w2', announced('192.0.2.1')),
        speakerSnapshot('w3', LOCAL),
      ]),
      [
        false,
        ['NotLearned'],
        '192.0.2.1 is learned by no router: externalTrafficPolicy is Local, and no endpoint on this node is ready or serving (w1 w3); no BGPPeer selects this node (w2).',
      ],
    ));

  it('a drained node has another reason than one without a peer', () =>
    assert.deepEqual(learnedIn([speakerSnapshot('w1', announced('192.0.2.1'), true)]), [
      false,
      ['NodeLeaves'],
      '192.0.2.1 is learned by no router: this node is drained and has closed its sessions (w1).',
    ]));

  it('without a Node the reason is NoNode', () =>
    assert.deepEqual(learnedIn([]), [
      false,
      ['NoNode'],
      '192.0.2.1 is learned by no router: there is no Node, and so no speaker.',
    ]));

  const notReceived: readonly [says: string, speakers: readonly SpeakerSnapshot[]][] = [
    ['a speaker that has not seen the Service', [speakerSnapshot('w1', NONE), speakerSnapshot('w2', null)]],
    ['a speaker that has not seen its address', [speakerSnapshot('w1', refused({ code: 'noIPAllocated' }))]],
    ['a speaker with an earlier address', [speakerSnapshot('w1', announced('192.0.2.2'))]],
  ];
  for (const [says, speakers] of notReceived)
    it(`${says}: the Service is omitted`, () => assert.equal(learnedIn(speakers), null));

  it('a Service without an address has no entry', () =>
    assert.equal(learnedIn([speakerSnapshot('w1', NONE)], []), null));
});
