/** The thread of BFD: how it starts, fails and ends. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { describe, it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { bothUp, freePort, pairOf, recordChanges, statusOf } from './support/pair.ts';
import { startThread } from './support/thread.ts';

const skip = process.platform === 'linux' ? false : 'the socket options are those of Linux';

function blockThread(millis: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, millis);
}

describe('the thread of BFD', { skip }, () => {
  it('keeps sessions up while this thread is blocked for longer than the detection time', async (test) => {
    const thread = startThread(test);
    const [spec] = pairOf(await freePort());
    assert.ok(spec !== undefined);
    const { settings } = spec;
    const specs = pairOf(spec.port ?? 0, {
      settings: { ...settings, detectMultiplier: 10, desiredMinTx: 100 },
    });
    thread.apply(specs);
    await bothUp(thread);
    await eventually(() => assert.equal(statusOf(thread, 'west')?.detectionTime, 3000));
    const changes = recordChanges(thread);
    blockThread(4000);
    await eventually(() => {
      const received = statusOf(thread, 'west')?.counters.packetsReceived ?? 0;
      assert.ok(received > 20, `${received} packets`);
    });
    assert.deepEqual(changes, []);
  });

  it('says who may have its port, and opens it when it is free', async (test) => {
    const port = await freePort();
    const other = createSocket('udp4');
    await new Promise<void>((resolve) => other.bind(port, '0.0.0.0', resolve));
    const thread = startThread(test);
    thread.apply(pairOf(port));
    await eventually(() =>
      assert.equal(
        statusOf(thread, 'west')?.problem,
        `UDP port ${port} cannot be bound: address already in use: another BFD daemon of this node may have it, such as FRR's bfdd or BIRD`,
      ),
    );
    await new Promise<void>((resolve) => other.close(resolve));
    await bothUp(thread);
    assert.equal(statusOf(thread, 'west')?.problem, null);
  });

  it('says that an interface or a source address does not exist', async (test) => {
    const thread = startThread(test);
    const [west, east] = pairOf(await freePort());
    assert.ok(west !== undefined && east !== undefined);
    const elsewhere = { family: 4, bits: 0xc000_0201n } as const;
    thread.apply([
      { ...west, local: elsewhere },
      { ...east, interface: 'nowhere0' },
    ]);
    await eventually(() =>
      assert.deepEqual(
        thread.statuses().map(({ problem }) => problem),
        [
          'the source address 192.0.2.1 cannot be used: address not available',
          'BFD cannot open a socket: the kernel rejects the interface nowhere0: no such device',
        ],
      ),
    );
  });

  it('starts again after it failed, with its sessions', async (test) => {
    const failures: string[] = [];
    const code = `const { parentPort } = require('node:worker_threads');
      parentPort.once('message', ({ specs }) => {
        const status = { key: specs[0].key, state: 'Up', remoteState: 'Up' };
        parentPort.postMessage({ kind: 'changed', change: { from: 'Init', status } });
        setTimeout(() => { throw new Error('out of luck'); }, 50);
      });`;
    const thread = startThread(test, { code, failed: (message) => failures.push(message) });
    const changes = recordChanges(thread);
    thread.apply(pairOf(1));
    await eventually(() => assert.ok(failures.length >= 2, `${failures.length} failures`));
    assert.equal(failures[0], 'the thread of BFD ended, and starts again: out of luck');
    assert.deepEqual(changes.slice(0, 3), [
      'west: Init → Up (Up)',
      'west: Up → Down (Down)',
      'west: Init → Up (Up)',
    ]);
  });

  it('is terminated when it does not stop by itself', async (test) => {
    const thread = startThread(test, { code: 'setInterval(() => {}, 1000);' });
    thread.apply(pairOf(1));
    await thread.stop();
    assert.equal(statusOf(thread, 'west')?.state, 'Down');
  });
});
