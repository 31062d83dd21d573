/** Stories of two BFD sessions: what happens, and what both sides do. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { detectionTime, transmitInterval } from '../../src/bfd/session.ts';
import type { BfdAuthentication, BfdSettings } from '../../src/bfd/settings.ts';
import { seeded } from '../support/random.ts';
import { key, METICULOUS, SETTINGS } from './support/harness.ts';
import { BfdNetwork, type Side } from './support/network.ts';

const pair = (west: Partial<BfdSettings> = {}, east: Partial<BfdSettings> = {}): BfdNetwork =>
  new BfdNetwork(
    [
      { ...SETTINGS, ...west },
      { ...SETTINGS, ...east },
    ],
    seeded(1),
  );

function edit(network: BfdNetwork, side: Side, settings: Partial<BfdSettings>): void {
  network.apply(side, { kind: 'settings', settings: { ...network.sessions[side].settings, ...settings } });
}

const upPair = (west: Partial<BfdSettings> = {}, east: Partial<BfdSettings> = {}): BfdNetwork => {
  const network = pair(west, east);
  network.runUntil(5000);
  assert.deepEqual(network.states, ['Up', 'Up']);
  return network;
};

const downs = ({ transitions }: BfdNetwork): number => transitions.filter(({ from }) => from === 'Up').length;

describe('two BFD sessions', () => {
  it('come up within milliseconds, and agree on the slower interval of each direction', () => {
    const network = pair({ desiredMinTx: 50, requiredMinRx: 400 }, { desiredMinTx: 100, requiredMinRx: 200 });
    network.runUntil(100);
    assert.deepEqual(network.states, ['Up', 'Up']);
    network.runUntil(3000);
    assert.deepEqual(network.sessions.map(transmitInterval), [200, 400]);
    assert.deepEqual(network.sessions.map(detectionTime), [1200, 600]);
  });

  it('come up with a passive side, which waits for the other one', () => {
    const network = pair({ passive: true });
    network.runUntil(100);
    assert.deepEqual(network.states, ['Up', 'Up']);
  });

  it('stay down when both are passive (RFC 5880 6.1)', () => {
    const network = pair({ passive: true }, { passive: true });
    network.runUntil(60_000);
    assert.deepEqual(network.sent, [[], []]);
  });

  it('both know of a path that is cut in one direction, and come up when it is repaired', () => {
    const network = upPair();
    network.loss = [1, 0];
    network.runUntil(8000);
    assert.deepEqual(
      network.sessions.map(({ state, diagnostic }) => [state, diagnostic]),
      [
        ['Init', 'neighbor-signaled-down'],
        ['Down', 'detection-time-expired'],
      ],
    );
    network.loss = [0, 0];
    network.runUntil(10_000);
    assert.deepEqual(network.states, ['Up', 'Up']);
  });

  it('survive the loss of two packets in a row where three may be missed', () => {
    const network = upPair();
    for (let round = 0; round < 20; round++) {
      network.loss = [1, 1];
      network.runUntil(network.now + 450); // three quarters of 300 ms twice: at most two packets
      network.loss = [0, 0];
      network.runUntil(network.now + 600);
    }
    assert.equal(downs(network), 0);
  });

  it('change their intervals while up, a poll at a time, without going down', () => {
    const network = upPair();
    edit(network, 0, { desiredMinTx: 2000, requiredMinRx: 2000 });
    network.runUntil(15_000);
    assert.deepEqual(network.sessions.map(transmitInterval), [2000, 2000]);
    edit(network, 0, { desiredMinTx: 50, requiredMinRx: 50 });
    edit(network, 1, { requiredMinRx: 50 });
    network.runUntil(25_000);
    assert.deepEqual(network.sessions.map(transmitInterval), [50, 300]);
    assert.equal(downs(network), 0);
  });

  it('part without a failure when one is disabled, and meet again when it is enabled', () => {
    const network = upPair();
    network.apply(0, { kind: 'disable' });
    network.runUntil(network.now + 10);
    assert.deepEqual(network.states, ['AdminDown', 'Down']);
    assert.equal(network.sessions[1].remote?.state, 'AdminDown');
    network.runUntil(network.now + 10_000);
    assert.deepEqual(network.states, ['AdminDown', 'Down']);
    network.apply(0, { kind: 'enable' });
    network.runUntil(network.now + 3000);
    assert.deepEqual(network.states, ['Up', 'Up']);
  });

  it('replace their key while up, with two that are accepted in between', () => {
    const old = METICULOUS;
    const next = { id: 8, key: key('second key') };
    const both: BfdAuthentication = { ...old, keys: [...old.keys, next] };
    const network = upPair({ authentication: old }, { authentication: old });
    const steps: readonly (readonly [Side, BfdAuthentication])[] = [
      [0, both],
      [1, both],
      [0, { ...both, activeKeyId: 8 }],
      [1, { ...both, activeKeyId: 8 }],
      [0, { ...old, keys: [next], activeKeyId: 8 }],
      [1, { ...old, keys: [next], activeKeyId: 8 }],
    ];
    for (const [side, authentication] of steps) {
      edit(network, side, { authentication });
      network.runUntil(network.now + 5000);
    }
    assert.deepEqual(network.states, ['Up', 'Up']);
    assert.equal(downs(network), 0);
  });

  it('come up with one that began after the key was replaced, and go on when both have only the new one', () => {
    const next = { id: 8, key: key('second key') };
    const both: BfdAuthentication = { ...METICULOUS, keys: [...METICULOUS.keys, next] };
    const onlyNext: BfdAuthentication = { ...METICULOUS, keys: [next], activeKeyId: 8 };
    const network = upPair({ authentication: both }, { authentication: onlyNext });
    edit(network, 0, { authentication: onlyNext });
    network.runUntil(network.now + 5000);
    assert.deepEqual([network.states, downs(network)], [['Up', 'Up'], 0]);
  });

  it('replace a key by one with the same ID, where both know it by then', () => {
    const next = { id: 7, key: key('second key') };
    const both: BfdAuthentication = { ...METICULOUS, keys: [...METICULOUS.keys, next] };
    const onlyNext: BfdAuthentication = { ...METICULOUS, keys: [next] };
    const network = upPair({ authentication: METICULOUS }, { authentication: METICULOUS });
    for (const authentication of [both, onlyNext])
      for (const side of [0, 1] as const) {
        edit(network, side, { authentication });
        network.runUntil(network.now + 100);
      }
    network.runUntil(network.now + 5000);
    assert.deepEqual([network.states, downs(network)], [['Up', 'Up'], 0]);
  });

  it('do not come up with different keys', () => {
    const other: BfdAuthentication = { ...METICULOUS, keys: [{ id: 7, key: key('another key') }] };
    const network = pair({ authentication: METICULOUS }, { authentication: other });
    network.runUntil(30_000);
    assert.deepEqual(network.states, ['Down', 'Down']);
    assert.deepEqual(network.transitions, []);
  });

  it('send about once a second while they are down, so that a cluster that starts is no flood', () => {
    const network = pair({ desiredMinTx: 10 });
    network.loss = [1, 1];
    network.runUntil(60_000);
    const [sent] = network.sent;
    assert.ok(sent.length >= 60 && sent.length <= 81, `${sent.length} packets in a minute`);
  });
});
