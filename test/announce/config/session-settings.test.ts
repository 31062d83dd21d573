/** Session parameters from a BGPPeer and a Node, and the peers that are rejected or warned about. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import { formatObjectIssue } from '../../../src/announce/config/object-issue.ts';
import { buildSessionSettings, type SessionSettings } from '../../../src/announce/config/session-settings.ts';
import type { Raw } from '../../../src/base/json.ts';
import { formatAddress, formatIPv4 } from '../../../src/net/address.ts';
import { decodeNode } from '../../../src/objects/node.ts';
import { node, peer, SimulatedSpeaker, secret } from '../support/cluster.ts';

const INTERNAL_IPS = [
  { type: 'Hostname', address: 'n1' },
  { type: 'ExternalIP', address: '192.0.2.1' },
  { type: 'InternalIP', address: 'fd00::11' },
  { type: 'InternalIP', address: '10.0.0.11' },
];

const annotated = (raw: Raw, annotations: Raw): Raw => ({
  ...raw,
  metadata: { ...(raw['metadata'] as Raw), annotations },
});

const simulate = (one: Raw, ...others: readonly Raw[]): SimulatedSpeaker =>
  new SimulatedSpeaker([node('n1'), one, ...others]);

function settingsOf(
  one: Raw,
  addresses: readonly Raw[] = INTERNAL_IPS,
  ...others: readonly Raw[]
): SessionSettings {
  const [session] = simulate(one, ...others).state.sessions;
  assert.ok(session !== undefined);
  return buildSessionSettings(session.peer, decodeNode(node('n1', {}, { addresses })));
}

describe('defaults', () => {
  it('are those of MetalLB', () => {
    const { routerId, remote, ...rest } = settingsOf(peer('r1'));
    assert.deepEqual(
      [formatIPv4(routerId), formatAddress(remote.address), remote.port],
      ['10.0.0.11', '10.213.0.1', 179],
    );
    assert.deepEqual(rest, {
      ...{ asn: 64500, peerAsn: 64512, holdTime: 90, keepaliveTime: null, families: [4] },
      ...{ gracefulRestart: false, role: 'dial', connectTime: null },
      ...{ source: null, password: null, ttlSecurity: null, isRouterIdProvisional: false },
    });
  });

  it('a node without an IPv4 address has a router ID from its name, until its session has a local address', () => {
    const { routerId, isRouterIdProvisional } = settingsOf(peer('r1'), INTERNAL_IPS.slice(0, 3));
    assert.deepEqual([routerId, isRouterIdProvisional], [crc32('n1'), true]);
  });
});

type Row = readonly [field: string, spec: Raw, settings: Partial<SessionSettings>];

const rows: readonly Row[] = [
  ['routerID', { routerID: '1.2.3.4' }, { routerId: 0x0102_0304, isRouterIdProvisional: false }],
  ['localASN', { localASN: 65000 }, { asn: 65000 }],
  ['dynamicASN', { dynamicASN: 'external', peerASN: 0 }, { peerAsn: 'external' }],
  ['holdTime', { holdTime: '30s' }, { holdTime: 30, keepaliveTime: 10 }],
  [
    'a hold time that is no multiple of three seconds',
    { holdTime: '10s' },
    { holdTime: 10, keepaliveTime: 3 },
  ],
  ['keepaliveTime', { keepaliveTime: '20s' }, { holdTime: 60, keepaliveTime: 20 }],
  ['a keepalive time below a second', { holdTime: '3s', keepaliveTime: '500ms' }, { keepaliveTime: 1 }],
  ['no hold time', { holdTime: '0s' }, { holdTime: 0, keepaliveTime: null }],
  ['connectTime', { connectTime: '5s' }, { connectTime: 5_000 }],
  ['IPv6', { peerAddress: 'fd00:213::1' }, { families: [6] }],
  ['dualStackAddressFamily', { dualStackAddressFamily: true }, { families: [4, 6] }],
  ['enableGracefulRestart', { enableGracefulRestart: true }, { gracefulRestart: true }],
  ['password', { password: 'quay' }, { password: 'quay' }],
  ['sourceAddress', { sourceAddress: '10.0.0.1' }, { source: { family: 4, bits: 0x0a00_0001n } }],
  ['peerPort', { peerPort: 1179 }, { remote: { address: { family: 4, bits: 0x0ad5_0001n }, port: 1179 } }],
  ['disableMP', { disableMP: true }, { families: [4] }],
];

describe('a field', () => {
  for (const [field, spec, settings] of rows) {
    it(field, () => {
      const all = settingsOf(peer('r1', spec));
      assert.deepEqual({ ...all, ...settings }, all);
    });
  }

  it('passwordSecret', () => {
    const key = secret('key', 'kubernetes.io/basic-auth', { password: 'cXVheQ==' });
    assert.equal(
      settingsOf(peer('r1', { passwordSecret: { name: 'key' } }), INTERNAL_IPS, key).password,
      'quay',
    );
  });
});

describe('an annotation', () => {
  const settings = (annotations: Raw): SessionSettings => settingsOf(annotated(peer('r1'), annotations));

  it('ttl-security limits the hops to the peer', () => {
    assert.equal(settings({ 'berth.dev/ttl-security': '1' }).ttlSecurity, 1);
    assert.equal(settings({ 'berth.dev/ttl-security': '254' }).ttlSecurity, 254);
  });

  it('passive lets the peer open the session, too', () => {
    assert.equal(settings({ 'berth.dev/passive': 'true' }).role, 'both');
    assert.equal(settings({ 'berth.dev/passive': 'false' }).role, 'dial');
  });

  it('allow-beside-calico is a property of the peer', () => {
    const one = simulate(annotated(peer('r1'), { 'berth.dev/allow-beside-calico': 'true' }));
    assert.equal(one.state.sessions[0]?.peer.allowBesideCalico, true);
  });

  for (const [name, value, sentence] of [
    ['ttl-security', '0', /must be a whole number from 1 to 254, not "0"/],
    ['ttl-security', '255', /from 1 to 254/],
    ['passive', 'yes', /must be "true" or "false", not "yes"/],
    ['allow-beside-calico', '', /must be "true" or "false", not ""/],
  ] as const) {
    it(`${name}: ${JSON.stringify(value)} is ignored with a warning`, () => {
      const { state } = simulate(annotated(peer('r1'), { [`berth.dev/${name}`]: value }));
      assert.match(state.nodeConfig.warnings.map(formatObjectIssue).join(), sentence);
      assert.deepEqual([state.sessions.length, state.nodeConfig.errors], [1, []]);
    });
  }
});

describe('an unsupported field', () => {
  for (const [what, spec, sentence] of [
    ['a VRF', { vrf: 'blue' }, /^BGPPeer "r1": spec\.vrf: is not supported/],
    [
      'an interface',
      { interface: 'eth0', peerAddress: '' },
      /^BGPPeer "r1": spec\.interface: is not supported/,
    ],
  ] as const) {
    it(`${what} rejects that peer alone`, () => {
      const { state } = simulate(peer('r1', spec), peer('r2'));
      assert.match(state.nodeConfig.errors.map(formatObjectIssue).join(), sentence);
      assert.deepEqual(
        state.sessions.map((one) => one.peer.name),
        ['r2'],
      );
    });
  }
});
