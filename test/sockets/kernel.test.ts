/** System calls over loopback. */
import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { it, type TestContext } from 'node:test';
import { type Kernel, loadKernel } from '../../src/sockets/kernel.ts';
import { ttlFilter } from '../../src/sockets/packet-filter.ts';
import { address } from '../bgp/transport/support/test-peer.ts';

const LIMIT = { timeout: 60_000, skip: process.platform === 'linux' ? false : 'these are calls of Linux' };

async function load(): Promise<Kernel> {
  const kernel = await loadKernel('this test');
  assert.ok(kernel.ok, kernel.ok ? '' : kernel.error);
  return kernel.value;
}

/** Must be closed by whoever uses it: so it is given to a socket of Node, which is. */
function adopt(test: TestContext, fd: number, type: 'udp4' | 'udp6'): Promise<Socket> {
  const socket = createSocket(type);
  test.after(() => socket.close());
  return new Promise((resolve) => socket.bind({ fd }, () => resolve(socket)));
}

it('an unknown option is rejected with a sentence', LIMIT, async () => {
  const kernel = await load();
  const unknown = { level: 6, name: 9999, value: new Uint8Array(4), purpose: 'the unknown option' };
  assert.deepEqual(kernel.openSocket('TCP', 4, [unknown]), {
    ok: false,
    error: 'the kernel rejects the unknown option: protocol not available',
  });
});

for (const [text, type] of [
  ['127.0.0.1', 'udp4'],
  ['::1', 'udp6'],
] as const) {
  it(`a filter lets through datagrams with TTL 255 alone, over ${text}`, LIMIT, async (test) => {
    const kernel = await load();
    const { family } = address(text);
    const fd = kernel.openSocket('UDP', family, []);
    assert.ok(fd.ok);
    assert.equal(kernel.attachFilter(fd.value, ttlFilter(family, 255)), null);
    assert.equal(kernel.bind(fd.value, address(text), 0), null);
    const receiver = await adopt(test, fd.value, type);
    const sender = createSocket(type);
    test.after(() => sender.close());
    const received = new Promise<string>((resolve) => receiver.once('message', (data) => resolve(`${data}`)));
    await new Promise<void>((resolve) => sender.bind(0, text, resolve));
    const { port } = receiver.address();
    for (const ttl of [1, 64, 254, 255]) {
      sender.setTTL(ttl);
      await new Promise((resolve) => sender.send(`${ttl}`, port, text, resolve));
    }
    assert.equal(await received, '255');
  });
}

it('a port that is taken is said in a sentence', LIMIT, async (test) => {
  const kernel = await load();
  const taken = createSocket('udp4');
  test.after(() => taken.close());
  await new Promise<void>((resolve) => taken.bind(0, '127.0.0.1', resolve));
  const { port } = taken.address();
  const fd = kernel.openSocket('UDP', 4, []);
  assert.ok(fd.ok);
  assert.match(
    kernel.bind(fd.value, address('127.0.0.1'), port) ?? '',
    /^port \d+ cannot be bound: .*in use/,
  );
  kernel.close(fd.value);
});
