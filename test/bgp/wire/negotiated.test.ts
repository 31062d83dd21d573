/** What two OPENs agree on. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Capability, IPV4_OVER_IPV6, unicast } from '../../../src/bgp/wire/capability/capability.ts';
import type { Open } from '../../../src/bgp/wire/message.ts';
import { type NegotiatedTerms, negotiate } from '../../../src/bgp/wire/negotiated.ts';

const open = (capabilities: readonly Capability[], more: Partial<Open> = {}): Open => ({
  kind: 'open',
  asn: 64512,
  holdTime: 90,
  routerId: 1,
  capabilities,
  ...more,
});

const restart = (notification: boolean): Capability => ({
  kind: 'graceful-restart',
  restarting: false,
  notification,
  restartTime: 120,
  families: [{ afi: 1, safi: 1, forwarding: true }],
});

const asn: Capability = { kind: 'four-octet-as', asn: 64512 };
const long: Capability = { kind: 'extended-message' };

const rows: readonly (readonly [says: string, ours: Open, theirs: Open, want: Partial<NegotiatedTerms>])[] = [
  ['nothing said of families is IPv4', open([]), open([]), { families: [4] }],
  ['who says nothing of IPv6 does not get it', open([unicast(4), unicast(6)]), open([]), { families: [4] }],
  ['who says IPv6 alone does not get IPv4', open([unicast(4)]), open([unicast(6)]), { families: [] }],
  ['both families', open([unicast(4), unicast(6)]), open([unicast(6), unicast(4)]), { families: [4, 6] }],
  [
    'families that nobody here knows',
    open([]),
    open([{ kind: 'multiprotocol', afi: 1, safi: 128 }]),
    { families: [] },
  ],
  ['the shorter hold time', open([]), open([], { holdTime: 30 }), { holdTime: 30 }],
  ['no hold time where one wants none', open([]), open([], { holdTime: 0 }), { holdTime: 0 }],
  ['one AS', open([]), open([]), { internal: true }],
  ['two', open([]), open([], { asn: 64513 }), { internal: false }],
  ['four octets take two', open([asn]), open([]), { fourOctetAs: false }],
  ['four octets', open([asn]), open([asn]), { fourOctetAs: true }],
  ['we take long messages', open([long]), open([]), { receiveMax: 65_535, sendMax: 4096 }],
  ['the peer takes long messages', open([]), open([long]), { receiveMax: 4096, sendMax: 65_535 }],
  [
    'next hops of the other family',
    open([IPV4_OVER_IPV6]),
    open([IPV4_OVER_IPV6]),
    { extendedNextHop: true },
  ],
  ['the same for one of us', open([IPV4_OVER_IPV6]), open([]), { extendedNextHop: false }],
  [
    'graceful restart is what the peer says',
    open([restart(true)]),
    open([restart(false)]),
    { gracefulRestart: restart(false) as NegotiatedTerms['gracefulRestart'], gracefulNotification: false },
  ],
  ['graceful restart wants two', open([]), open([restart(true)]), { gracefulRestart: null }],
  [
    'its N bit wants two as well',
    open([restart(true)]),
    open([restart(true)]),
    { gracefulNotification: true },
  ],
  [
    'refreshing',
    open([{ kind: 'route-refresh' }, { kind: 'enhanced-route-refresh' }]),
    open([{ kind: 'route-refresh' }]),
    { routeRefresh: true, enhancedRouteRefresh: false },
  ],
];

for (const [says, ours, theirs, want] of rows) {
  it(says, () => {
    const agreed = negotiate(ours, theirs);
    assert.deepEqual({ ...agreed, ...want }, agreed);
  });
}
