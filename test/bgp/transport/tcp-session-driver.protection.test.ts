/** Passwords and TTL security between two session drivers, with the kernel's socket options over loopback. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { PASSWORD_BYTES_MAX } from '../../../src/sockets/socket-options.ts';
import { address, createPair, establish, remoteAt, TestPeer, until, WEST } from './support/test-peer.ts';

const skip = process.platform === 'linux' ? false : 'the socket options are those of Linux';
const LIMIT = { timeout: 240_000, skip };

/** Well below the second after which the kernel retransmits a SYN. */
const NO_ANSWER = 300;

describe('a password', LIMIT, () => {
  for (const text of ['127.0.0.1', '::1']) {
    it(`that is the same on both sides lets them connect, over ${text}`, async (test) => {
      const remote = { address: address(text), password: 'opens both' };
      const { west, east, error } = await createPair(test, { remote });
      assert.equal(error, null);
      await establish(west, east);
    });
  }

  it('of the maximum length is accepted, and a longer one is rejected with the reason', async (test) => {
    const most = await createPair(test, { remote: { password: 'p'.repeat(PASSWORD_BYTES_MAX) } });
    await establish(most.west, most.east);
    const { west, error } = await createPair(test, {
      remote: { password: 'p'.repeat(PASSWORD_BYTES_MAX + 1) },
    });
    const says = /the kernel rejects the password \(TCP MD5, at most 80 octets\): invalid argument/;
    assert.match(error ?? '', says);
    west.driver.start();
    await west.reaches('Idle');
    assert.match(west.lastReason, says);
  });

  const silent: readonly (readonly [rule: string, ours: string | null, theirs: string | null])[] = [
    ['that is wrong', 'ours', 'theirs'],
    ['that the peer does not have', 'ours', null],
    ['that only the peer has', null, 'theirs'],
  ];
  for (const [rule, ours, theirs] of silent) {
    it(`${rule} gets no answer, and the error says so`, async (test) => {
      const { west, east } = await createPair(test, {
        remote: { password: ours },
        guard: { password: theirs },
      });
      east.driver.start();
      west.driver.start();
      await sleep(NO_ANSWER);
      assert.deepEqual([west.driver.state, east.driver.state], ['Connect', 'Active']);
      west.clock.advance(WEST.connectTime);
      const hint = ours === null ? '' : ': a wrong or missing password on either side has the same symptom';
      const [failure] = west.connectFailures;
      assert.match(failure ?? '', new RegExp(`did not answer within \\d+ s${hint}$`));
      assert.equal(west.driver.counters.lastError?.message, failure);
    });
  }

  it('can be changed while the port is open', async (test) => {
    const { west, east, listener } = await createPair(test, { remote: { password: 'old' } });
    const renewed = remoteAt(0, { password: 'new' });
    assert.equal(await listener.expect(renewed, (socket) => east.driver.accept(socket)), null);
    const again = new TestPeer(test, WEST, remoteAt(listener.port, { password: 'new' }));
    await establish(again, east);
    west.driver.start();
    await sleep(NO_ANSWER);
    assert.equal(west.driver.state, 'Connect');
  });

  it('can be removed', async (test) => {
    const { east, listener } = await createPair(test, { remote: { password: 'old' } });
    assert.equal(await listener.expect(remoteAt(0), (socket) => east.driver.accept(socket)), null);
    await establish(new TestPeer(test, WEST, remoteAt(listener.port)), east);
  });

  it('is removed when a new one is rejected: then the peer connects without a password', async (test) => {
    const { east, listener } = await createPair(test, { remote: { password: 'old' } });
    const accept = (socket: Socket): void => east.driver.accept(socket);
    const tooLong = remoteAt(0, { password: 'p'.repeat(PASSWORD_BYTES_MAX + 1) });
    assert.match((await listener.expect(tooLong, accept)) ?? '', /invalid argument/);
    assert.equal(await listener.expect(remoteAt(0), accept), null);
    await establish(new TestPeer(test, WEST, remoteAt(listener.port)), east);
  });

  it('is in force again when another peer of the address is removed, or cannot be expected', async (test) => {
    const { west, east, listener } = await createPair(test, { remote: { password: 'old' } });
    const other = remoteAt(0);
    await listener.expect(other, (socket) => socket.destroy());
    listener.forget(other);
    const tooLong = remoteAt(0, { password: 'p'.repeat(PASSWORD_BYTES_MAX + 1) });
    assert.match((await listener.expect(tooLong, () => {})) ?? '', /invalid argument/);
    await establish(west, east);
  });

  it('is removed with its peer, so that another peer may use the address', async (test) => {
    const { east, listener, expected } = await createPair(test, { remote: { password: 'old' } });
    listener.forget(expected);
    await listener.expect(remoteAt(0), (socket) => east.driver.accept(socket));
    await establish(new TestPeer(test, WEST, remoteAt(listener.port)), east);
  });
});

describe('TTL security', LIMIT, () => {
  for (const text of ['127.0.0.1', '::1']) {
    it(`on both sides lets them connect, over ${text}, with a password too`, async (test) => {
      const remote = { address: address(text), ttlSecurity: 1, password: 'near' };
      const { west, east } = await createPair(test, { remote });
      await establish(west, east);
    });

    it(`on one side alone prevents the session, over ${text}`, async (test) => {
      const remote = { address: address(text), ttlSecurity: 1 };
      const { west, east } = await createPair(test, { remote, guard: { ttlSecurity: null } });
      east.driver.start();
      west.driver.start();
      await sleep(NO_ANSWER);
      assert.notEqual(west.driver.state, 'Established');
      assert.equal(west.driver.counters.received.octets, 0);
    });
  }
});

describe('the socket', LIMIT, () => {
  it('of an attempt is closed if the attempt is cancelled before it begins', async (test) => {
    const peers = Array.from({ length: 10 }, () => new TestPeer(test, WEST, remoteAt(1, { ttlSecurity: 1 })));
    for (const { driver } of peers) {
      driver.start();
      driver.stop(2, '');
    }
    await sleep(0);
    await until(() => !process.getActiveResourcesInfo().some((name) => name === 'TCPSocketWrap'));
  });
});
