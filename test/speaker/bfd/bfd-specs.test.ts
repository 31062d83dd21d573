/** Which BFD session a peer needs: single-hop or multihop, from where, with which settings. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BFD_DEFAULTS } from '../../../src/config/bfd-profile.ts';
import { type BfdPeer, bfdSpecs } from '../../../src/speaker/bfd/bfd-specs.ts';
import { address } from '../support/fake-router.ts';
import { network } from '../support/status-api.ts';

const peer = (name: string, differing: Partial<BfdPeer> = {}): BfdPeer => ({
  ...{ name, address: address('10.0.0.1'), sourceAddress: null, ebgpMultiHop: false },
  bfd: { ...BFD_DEFAULTS, name: 'fast' },
  ...differing,
});

const INTERFACES = [network('eth0', '10.0.0.0/24'), network('eth0', 'fd00::/64')];

const specOf = (differing: Partial<BfdPeer>) => bfdSpecs([peer('r1', differing)], INTERFACES)[0];

describe('the BFD session of a peer', () => {
  it('has the settings of its profile', () => {
    const bfd = { ...BFD_DEFAULTS, name: 'slow', receiveInterval: 100, transmitInterval: 200 };
    assert.deepEqual(specOf({ bfd: { ...bfd, isPassive: true, detectMultiplier: 5, minimumTtl: 250 } }), {
      ...{ key: '10.0.0.1', remote: address('10.0.0.1'), local: null, interface: null },
      ...{ multihop: false, port: null },
      settings: {
        ...{ desiredMinTx: 200, requiredMinRx: 100, detectMultiplier: 5 },
        ...{ passive: true, minimumTtl: 250, authentication: null },
      },
    });
  });

  it('has the source address of the peer', () => {
    assert.deepEqual(specOf({ sourceAddress: address('10.0.0.7') })?.local, address('10.0.0.7'));
  });

  const rows: readonly (readonly [string, Partial<BfdPeer>, boolean])[] = [
    ['single-hop in a network of the node', {}, false],
    ['single-hop in an IPv6 network of the node', { address: address('fd00::1') }, false],
    ['multihop behind a gateway', { address: address('10.9.0.1') }, true],
    ['multihop with ebgpMultiHop, also in a network of the node', { ebgpMultiHop: true }, true],
  ];
  for (const [rule, differing, multihop] of rows)
    it(`is ${rule}`, () => assert.equal(specOf(differing)?.multihop, multihop));

  it('is shared by peers with the same router: the first by name decides', () => {
    const slow = { ...BFD_DEFAULTS, name: 'slow', detectMultiplier: 9 };
    const specs = bfdSpecs(
      [peer('b', { bfd: slow }), peer('a'), peer('c', { ebgpMultiHop: true })],
      INTERFACES,
    );
    assert.deepEqual(
      specs.map(({ key, settings }) => [key, settings.detectMultiplier]),
      [
        ['10.0.0.1', 3],
        ['10.0.0.1 multihop', 3],
      ],
    );
  });
});
