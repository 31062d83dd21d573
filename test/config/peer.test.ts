import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatIssue } from '../../src/config/issue.ts';
import { readBgpPeer } from '../../src/config/peer.ts';

const read = (spec: object, apiVersion = 'metallb.io/v1beta2') =>
  readBgpPeer({
    apiVersion,
    kind: 'BGPPeer',
    metadata: { name: 'tor' },
    spec: { myASN: 64500, peerASN: 64512, peerAddress: '192.0.2.1', ...spec },
  });

const issueLines = (spec: object): string => read(spec).issues.map(formatIssue).join('\n');

describe('a BGPPeer', () => {
  it('has the defaults of MetalLB', () => {
    const { peer, issues } = read({});
    assert.deepEqual(issues, []);
    assert.deepEqual(
      [peer?.port, peer?.timers, peer?.localASN, peer?.nodeSelectors, peer?.dualStack],
      [179, { hold: null, keepalive: null, connect: null }, null, [], false],
    );
  });

  const timers: readonly (readonly [object, readonly (number | null)[]])[] = [
    [{ holdTime: '90s' }, [90_000, 30_000, null]],
    [{ keepaliveTime: '10s' }, [30_000, 10_000, null]],
    [{ holdTime: '1m', keepaliveTime: '5s', connectTime: '2s' }, [60_000, 5_000, 2_000]],
    [{ holdTime: '0s' }, [0, 0, null]],
  ];
  for (const [spec, [hold, keepalive, connect]] of timers) {
    it(`has the timers of ${JSON.stringify(spec)}`, () => {
      assert.deepEqual(read(spec).peer?.timers, { hold, keepalive, connect });
    });
  }

  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ myASN: 0 }, /^spec.myASN: must not be 0, which is reserved \(RFC 7607\)/],
    [{ myASN: 23_456 }, /^spec.myASN: must not be 23456, .* \(RFC 6793\)/],
    [{ peerASN: 23_456 }, /^spec.peerASN: must not be 23456/],
    [{ localASN: 0 }, /^spec.localASN: must not be 0/],
    [{ localASN: 4_294_967_296 }, /^spec.localASN: must be from 0 to 4294967295/],
    [{ peerASN: 0 }, /^spec.peerASN: is required, unless dynamicASN is set; never both$/],
    [{ dynamicASN: 'external' }, /^spec.peerASN: is required, unless dynamicASN is set; never both$/],
    [{ peerASN: null, dynamicASN: 'inside' }, /^spec.dynamicASN: must be internal or external/],
    [{ peerASN: 64500, ebgpMultiHop: true }, /invalid ebgp-multihop parameter set for an ibgp peer/],
    [{ peerAddress: 'tor.example.net' }, /^spec.peerAddress: invalid BGPPeer address "tor.example.net"/],
    [
      { peerAddress: '0.0.0.0' },
      /^spec.peerAddress: invalid BGPPeer address "0.0.0.0": it is an unspecified address/,
    ],
    [{ peerAddress: '::' }, /it is the unspecified address \(::\/128\), which no router or node can have$/],
    [{ peerAddress: '224.0.0.5' }, /it is a multicast address \(224.0.0.0\/4\)/],
    [{ peerAddress: '255.255.255.255' }, /it is the broadcast address/],
    [{ peerAddress: 'ff02::5' }, /it is a multicast address \(ff00::\/8\)/],
    [{ peerAddress: 'fe80::1' }, /it is a link-local address .* without an interface: use a global/],
    [{ peerAddress: 'fe80::1%eth0' }, /it has a zone id/],
    [{ sourceAddress: '224.0.0.1' }, /^spec.sourceAddress: "224.0.0.1" is a multicast address/],
    [{ sourceAddress: 'fd00::1' }, /^spec.sourceAddress: must be an IPv4 address, as peerAddress is$/],
    [{ routerID: '0.0.0.0' }, /^spec.routerID: must not be 0.0.0.0, .* \(RFC 6286\)$/],
    [{ peerAddress: '' }, /^spec.peerAddress: is required, unless interface is set; never both$/],
    [{ peerAddress: null, interface: 'eth1' }, /^spec.interface: is not supported/],
    [{ vrf: 'red' }, /^spec.vrf: is not supported/],
    [{ routerID: 'fd00::1' }, /^spec.routerID: must be written like an IPv4 address$/],
    [{ sourceAddress: 'eth0' }, /^spec.sourceAddress: "eth0" /],
    [{ peerPort: 0 }, /^spec.peerPort: must be from 1 to 16384, not 0$/],
    [{ peerPort: 20_000 }, /^spec.peerPort: must be from 0 to 16384/],
    [{ holdTime: '2s' }, /^spec.holdTime: must be 0s, or from 3s to 65535s$/],
    [{ keepaliveTime: '0.5s' }, /^spec.keepaliveTime: makes a hold time/],
    [{ holdTime: '9s', keepaliveTime: '10s' }, /^spec.keepaliveTime: must not be longer than holdTime$/],
    [{ connectTime: '1500ms' }, /^spec.connectTime: must be a whole number of seconds$/],
    [{ connectTime: '0s' }, /^spec.connectTime: must be from 1s to 65535s$/],
    [{ holdTime: '90' }, /^spec.holdTime: "90" has no unit/],
    [{ password: 'x', passwordSecret: { name: 'y' } }, /^spec.passwordSecret: cannot be set beside password/],
    [{ nodeSelectors: [{}, {}] }, /^spec.nodeSelectors\[1\]: says the same as spec.nodeSelectors\[0\]$/],
    [{ peerAsn: 1 }, /^spec.peerAsn: is not a known field: did you mean "peerASN"\?$/],
  ];
  for (const [spec, says] of wrong) {
    it(`has an error for ${JSON.stringify(spec)}`, () => {
      assert.match(issueLines(spec), says);
      assert.equal(read(spec).peer, null);
    });
  }

  it('may have a loopback or IPv4 link-local address, and no particular source', () => {
    for (const spec of [
      { peerAddress: '127.0.0.1' },
      { peerAddress: '169.254.169.1' },
      { peerAddress: '::ffff:192.0.2.1' },
    ])
      assert.deepEqual(read(spec).issues, []);
    assert.equal(read({ sourceAddress: '0.0.0.0' }).peer?.sourceAddress, null);
  });

  it('has a warning for an AS number that networks should not use', () => {
    const lines = read({ myASN: 65_535, localASN: 4_294_967_295 }).warnings.map(formatIssue);
    assert.deepEqual(
      lines.map((line) => line.split(' is reserved (RFC 7300)')[0]),
      ['spec.myASN: 65535', 'spec.localASN: 4294967295'],
    );
    assert.deepEqual(read({ myASN: 64_512 }).warnings, []);
  });

  it('of the older version may have the port 0', () => {
    assert.equal(read({ peerPort: 0 }, 'metallb.io/v1beta1').peer?.port, 179);
  });

  it('that is no object has an error', () => {
    for (const raw of [null, [], 'x', {}, { spec: {} }, { metadata: {}, spec: [] }])
      assert.notDeepEqual(readBgpPeer(raw).issues, []);
  });
});
