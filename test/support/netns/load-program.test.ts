/** What the client of the load stories tells of a connection that failed: whether it had been open. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { hadConnected } from './programs/load.mjs';

/** Accepts connections in a thread of its own, so that the main one can be busy, and resets each at once. It counts them. */
const RESETTING = `
  const { parentPort, workerData } = require('node:worker_threads');
  const server = require('node:net').createServer((socket) => {
    socket.resetAndDestroy();
    Atomics.add(workerData, 0, 1);
    Atomics.notify(workerData, 0);
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

describe('a connection that failed', () => {
  const resets = new Int32Array(new SharedArrayBuffer(4));
  let worker: Worker;
  let port: number;
  let closed: Server;

  before(async () => {
    worker = new Worker(RESETTING, { eval: true, workerData: resets });
    [port] = (await once(worker, 'message')) as [number];
    closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
  });
  after(async () => {
    await worker.terminate();
    closed.close();
  });

  it('had been open where it was reset, also if the client was too busy to see it open', async () => {
    const socket = connect(port, '127.0.0.1');
    let wasSeenOpen = false;
    socket.on('connect', () => {
      wasSeenOpen = true;
    });
    // Once the SYN is sent, nothing else runs in this thread until the server has ended the connection.
    process.nextTick(() => Atomics.wait(resets, 0, 0, 60_000));
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    assert.equal(wasSeenOpen, false);
    assert.equal(error.syscall, 'connect');
    assert.equal(hadConnected(error, wasSeenOpen), true, error.message);
  });

  it('had not been open where it was refused', async () => {
    const { port: free } = closed.address() as AddressInfo;
    closed.close();
    const [error] = (await once(connect(free, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNREFUSED');
    assert.equal(hadConnected(error, false), false);
  });
});
