/** The watch of the interfaces, on a kernel that a test plays. */
import assert from 'node:assert/strict';
import { endianness } from 'node:os';
import { describe, it } from 'node:test';
import { DATAGRAMS_AT_ONCE, InterfaceWatch } from '../../../src/layer2/transport/interface-watch.ts';
import type { Libc } from '../../../src/sockets/libc.ts';

const skip = endianness() === 'LE' ? false : 'the octets of these tests are little-endian';

const [LINKS, ADDRESSES] = [18, 22];
const u16 = (value: number): number[] => [value & 0xff, value >>> 8];
const u32 = (value: number): number[] => [...u16(value & 0xffff), ...u16(value >>> 16)];
const message = (type: number, flags: number, body: readonly number[]): number[] => [
  ...[...u32(16 + body.length), ...u16(type), ...u16(flags), ...u32(0), ...u32(0)],
  ...body,
];
const INTERRUPTED = 0x10;

/** `eth7` has index 7. */
const link = (index: number, flags = 0): number[] =>
  message(16, flags, [
    ...[0, 0, ...u16(1), ...u32(index), ...u32(0x1043), ...u32(0)],
    ...[...u16(9), ...u16(3), ...Buffer.from(`eth${index}`), 0, 0, 0, 0],
  ]);
const linkGone = (index: number): number[] =>
  message(17, 0, [0, 0, ...u16(1), ...u32(index), ...u32(0), ...u32(0)]);
/** 192.0.2.`last` */
const address = (index: number, last: number): number[] =>
  message(20, 0, [2, 24, 0, 0, ...u32(index), ...u16(8), ...u16(2), 192, 0, 2, last]);
const addressGone = (index: number, last: number): number[] => {
  const bytes = address(index, last);
  bytes[4] = 21;
  return bytes;
};
const DONE = message(3, 0, u32(0));
const BUSY = message(2, 0, u32(-16 >>> 0));

type Datagram = readonly number[] | 'ENOBUFS' | 'EBADF';

class PlayedKernel {
  readonly queue: Datagram[] = [];
  /** Types of the lists that were asked for. */
  readonly asked: number[] = [];
  #failure = '';

  readonly libc = {
    socket: () => 9,
    bind: () => 0,
    setsockopt: () => 0,
    close: () => 0,
    send: (_: number, bytes: Uint8Array, size: number) => {
      this.asked.push(bytes[4] ?? 0);
      return size;
    },
    recv: (_: number, buffer: Uint8Array) => {
      const next = this.queue.shift();
      if (next === undefined || typeof next === 'string') {
        this.#failure = next ?? 'EAGAIN';
        return -1;
      }
      buffer.set(next);
      return next.length;
    },
    failure: () => this.#failure,
  } as unknown as Libc;

  open(isStrict = true): InterfaceWatch {
    const watch = InterfaceWatch.open(this.libc, isStrict);
    return watch.ok ? watch.value : assert.fail(watch.error);
  }

  /** What the watch makes of these datagrams. */
  drain(watch: InterfaceWatch, ...datagrams: readonly Datagram[]): string {
    this.queue.push(...datagrams);
    const outcome = watch.drain();
    return outcome.ok ? outcome.value : outcome.error;
  }
}

const shown = (watch: InterfaceWatch): string[] =>
  [...watch.links].map(({ index, name }) => {
    const lasts = [...watch.addressesOf(index)].map((one) => Number(one.address.bits & 0xffn));
    return [name, ...lasts].join(' ');
  });

describe('a watch of the interfaces', { skip }, () => {
  it('asks for one list after the other, and is complete when both have ended', () => {
    const kernel = new PlayedKernel();
    const watch = kernel.open();
    assert.deepEqual(kernel.asked, [LINKS]);
    assert.equal(kernel.drain(watch, [...link(2), ...link(3)]), 'unchanged');
    assert.equal(kernel.drain(watch, DONE, address(2, 1)), 'unchanged');
    assert.deepEqual(kernel.asked, [LINKS, ADDRESSES]);
    assert.equal(watch.isComplete, false);
    assert.equal(kernel.drain(watch, DONE), 'changed');
    assert.equal(watch.isComplete, true);
    assert.deepEqual(shown(watch), ['eth2 1', 'eth3']);
    assert.equal(kernel.drain(watch), 'unchanged');
  });

  it('follows each change: of two addresses one goes, then their interface, then it is back without them', () => {
    const kernel = new PlayedKernel();
    const watch = kernel.open();
    kernel.drain(watch, link(2), DONE, address(2, 1), address(2, 2), DONE);
    assert.equal(kernel.drain(watch, addressGone(2, 1)), 'changed');
    assert.deepEqual(shown(watch), ['eth2 2']);
    assert.equal(kernel.drain(watch, linkGone(2)), 'changed');
    assert.deepEqual(shown(watch), []);
    assert.equal(kernel.drain(watch, link(2)), 'changed');
    assert.deepEqual(shown(watch), ['eth2']);
  });

  it('is outdated when changes were lost, also while the lists are read', () => {
    const kernel = new PlayedKernel();
    assert.equal(kernel.drain(kernel.open(), link(2), 'ENOBUFS'), 'outdated');
    kernel.queue.length = 0;
    const watch = kernel.open();
    kernel.drain(watch, link(2), DONE, DONE);
    assert.equal(kernel.drain(watch, 'ENOBUFS', link(3)), 'outdated');
  });

  it('is outdated when a list is inconsistent; one that is not strict takes the list', () => {
    const kernel = new PlayedKernel();
    const lists = [link(2, INTERRUPTED), DONE, DONE];
    assert.equal(kernel.drain(kernel.open(), ...lists), 'outdated');
    kernel.queue.length = 0;
    const watch = kernel.open(false);
    assert.equal(kernel.drain(watch, ...lists), 'changed');
    assert.deepEqual(shown(watch), ['eth2']);
  });

  it('fails when the kernel refuses a list, or the socket is broken: no list is not an empty list', () => {
    const kernel = new PlayedKernel();
    assert.equal(kernel.drain(kernel.open(), BUSY), 'the interfaces cannot be read: resource busy or locked');
    assert.equal(kernel.drain(kernel.open(), 'EBADF'), 'the interfaces cannot be read: bad file descriptor');
  });

  it('reads a part of many changes at a time, and reports them once, when it has all', () => {
    const kernel = new PlayedKernel();
    const watch = kernel.open();
    kernel.drain(watch, link(2), DONE, DONE);
    const many = Array.from({ length: DATAGRAMS_AT_ONCE + 1 }, (_, index) => address(2, index));
    assert.equal(kernel.drain(watch, ...many), 'unchanged');
    assert.equal(kernel.drain(watch), 'changed');
    assert.equal([...watch.addressesOf(2)].length, DATAGRAMS_AT_ONCE + 1);
  });
});
