/** Negotiation of session parameters from two OPENs. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Capability, IPV4_OVER_IPV6, unicast } from '../../../src/bgp/wire/capability.ts';
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

const rows: readonly (readonly [
  title: string,
  local: Open,
  peer: Open,
  expected: Partial<NegotiatedTerms>,
])[] = [
  ['no multiprotocol capabilities: IPv4', open([]), open([]), { families: [4] }],
  ['IPv6 is not carried without the capability', open([unicast(4), unicast(6)]), open([]), { families: [4] }],
  ['IPv4 is not carried with IPv6 alone', open([unicast(4)]), open([unicast(6)]), { families: [] }],
  ['both families', open([unicast(4), unicast(6)]), open([unicast(6), unicast(4)]), { families: [4, 6] }],
  [
    'unknown families are ignored',
    open([]),
    open([{ kind: 'multiprotocol', afi: 1, safi: 128 }]),
    { families: [] },
  ],
  ['the smaller hold time', open([]), open([], { holdTime: 30 }), { holdTime: 30 }],
  ['no hold time if one side offers 0', open([]), open([], { holdTime: 0 }), { holdTime: 0 }],
  ['the same AS is internal', open([]), open([]), { internal: true }],
  ['different ASes are external', open([]), open([], { asn: 64513 }), { internal: false }],
  ['four-octet AS numbers need both sides', open([asn]), open([]), { fourOctetAs: false }],
  ['four-octet AS numbers', open([asn]), open([asn]), { fourOctetAs: true }],
  ['extended messages, received only', open([long]), open([]), { receiveMax: 65_535, sendMax: 4096 }],
  ['extended messages, sent only', open([]), open([long]), { receiveMax: 4096, sendMax: 65_535 }],
  ['extended next hop', open([IPV4_OVER_IPV6]), open([IPV4_OVER_IPV6]), { extendedNextHop: true }],
  ['extended next hop needs both sides', open([IPV4_OVER_IPV6]), open([]), { extendedNextHop: false }],
  [
    "graceful restart is the peer's capability",
    open([restart(true)]),
    open([restart(false)]),
    { gracefulRestart: restart(false) as NegotiatedTerms['gracefulRestart'], gracefulNotification: false },
  ],
  [
    'of several graceful restarts, the last one counts (RFC 4724 3)',
    open([restart(true)]),
    open([restart(false), restart(true)]),
    { gracefulRestart: restart(true) as NegotiatedTerms['gracefulRestart'], gracefulNotification: true },
  ],
  ['graceful restart needs both sides', open([]), open([restart(true)]), { gracefulRestart: null }],
  [
    'the N bit needs both sides',
    open([restart(true)]),
    open([restart(true)]),
    { gracefulNotification: true },
  ],
  [
    'route refresh',
    open([{ kind: 'route-refresh' }, { kind: 'enhanced-route-refresh' }]),
    open([{ kind: 'route-refresh' }]),
    { routeRefresh: true, enhancedRouteRefresh: false },
  ],
];

for (const [title, local, peer, expected] of rows) {
  it(title, () => {
    const negotiated = negotiate(local, peer);
    assert.deepEqual({ ...negotiated, ...expected }, negotiated);
  });
}
