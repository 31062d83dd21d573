/** Passwords and TTL security between two peerings, with the kernel's own options over loopback. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadKernel } from '../../../src/bgp/transport/kernel.ts';
import { PASSWORD_BYTES_MAX } from '../../../src/bgp/transport/socket-options.ts';
import { address, createPair, establish, remoteAt, TestPeer, until, WEST } from './support/test-peer.ts';

const skip = process.platform === 'linux' ? false : 'the options are those of Linux';
const LIMIT = { timeout: 240_000, skip };

/** The kernel sends the first packet again after a second, so this is an answer that does not come. */
const NO_ANSWER = 300;

describe('a password', LIMIT, () => {
  for (const text of ['127.0.0.1', '::1']) {
    it(`is the same at both sides, over ${text}`, async (test) => {
      const remote = { address: address(text), password: 'opens both' };
      const { west, east, complaint } = await createPair(test, { remote });
      assert.equal(complaint, null);
      await establish(west, east);
    });
  }

  it('of the longest kind is taken, and a longer one is refused with its reason', async (test) => {
    const most = await createPair(test, { remote: { password: 'p'.repeat(PASSWORD_BYTES_MAX) } });
    await establish(most.west, most.east);
    const { west, complaint } = await createPair(test, {
      remote: { password: 'p'.repeat(PASSWORD_BYTES_MAX + 1) },
    });
    const says = /does not take the password \(TCP MD5, at most 80 octets\) \(EINVAL\)/;
    assert.match(complaint ?? '', says);
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
    it(`${rule} gets no answer, and that is said`, async (test) => {
      const { west, east } = await createPair(test, {
        remote: { password: ours },
        guard: { password: theirs },
      });
      east.driver.start();
      west.driver.start();
      await sleep(NO_ANSWER);
      assert.deepEqual([west.driver.state, east.driver.state], ['Connect', 'Active']);
      west.clock.advance(WEST.connectTime);
      const hint = ours === null ? '' : ': a wrong or missing password at either side looks just like this';
      const [missed] = west.connectFailures;
      assert.match(missed ?? '', new RegExp(`gave no answer for \\d+ s${hint}$`));
      assert.equal(west.driver.counters.lastError?.message, missed);
    });
  }

  it('may change while the port is open', async (test) => {
    const { west, east, listener } = await createPair(test, { remote: { password: 'old' } });
    const renewed = remoteAt(0, { password: 'new' });
    assert.equal(await listener.expect(renewed, (socket) => east.driver.accept(socket)), null);
    const again = new TestPeer(test, WEST, remoteAt(listener.port, { password: 'new' }));
    await establish(again, east);
    west.driver.start();
    await sleep(NO_ANSWER);
    assert.equal(west.driver.state, 'Connect');
  });

  it('may be taken away', async (test) => {
    const { east, listener } = await createPair(test, { remote: { password: 'old' } });
    assert.equal(await listener.expect(remoteAt(0), (socket) => east.driver.accept(socket)), null);
    await establish(new TestPeer(test, WEST, remoteAt(listener.port)), east);
  });

  it('goes with one that is refused: without any, the peer comes in', async (test) => {
    const { east, listener } = await createPair(test, { remote: { password: 'old' } });
    const take = (socket: Socket): void => east.driver.accept(socket);
    const tooLong = remoteAt(0, { password: 'p'.repeat(PASSWORD_BYTES_MAX + 1) });
    assert.match((await listener.expect(tooLong, take)) ?? '', /EINVAL/);
    assert.equal(await listener.expect(remoteAt(0), take), null);
    await establish(new TestPeer(test, WEST, remoteAt(listener.port)), east);
  });

  it('goes with its peer, and another peer may have the address', async (test) => {
    const { east, listener } = await createPair(test, { remote: { password: 'old' } });
    listener.forget(remoteAt(0).address);
    await listener.expect(remoteAt(0), (socket) => east.driver.accept(socket));
    await establish(new TestPeer(test, WEST, remoteAt(listener.port)), east);
  });
});

describe('TTL security', LIMIT, () => {
  for (const text of ['127.0.0.1', '::1']) {
    it(`at both sides lets them meet, over ${text}, with a password too`, async (test) => {
      const remote = { address: address(text), ttlSecurity: 1, password: 'near' };
      const { west, east } = await createPair(test, { remote });
      await establish(west, east);
    });

    it(`at one side alone does not, over ${text}`, async (test) => {
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

describe('the kernel', LIMIT, () => {
  it('is asked in vain for what it does not know', async () => {
    const kernel = await loadKernel();
    assert.ok(kernel.ok);
    const opened = kernel.value.openSocket(4, [
      { level: 6, name: 9999, value: new Uint8Array(4), purpose: 'what nobody knows' },
    ]);
    assert.deepEqual(opened, {
      ok: false,
      error: 'the kernel does not take what nobody knows (ENOPROTOOPT)',
    });
  });

  it('gets its sockets back when an attempt is given up before it began', async (test) => {
    const peers = Array.from({ length: 10 }, () => new TestPeer(test, WEST, remoteAt(1, { ttlSecurity: 1 })));
    for (const { driver } of peers) {
      driver.start();
      driver.stop(2, '');
    }
    await sleep(0);
    await until(() => !process.getActiveResourcesInfo().some((name) => name === 'TCPSocketWrap'));
  });
});
