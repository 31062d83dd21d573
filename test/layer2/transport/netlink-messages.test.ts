/** Messages of rtnetlink, as Linux writes them on a little-endian machine. */
import assert from 'node:assert/strict';
import { endianness } from 'node:os';
import { describe, it } from 'node:test';
import { readNetlinkMessages } from '../../../src/layer2/transport/netlink-messages.ts';
import { underSeeds } from '../../support/random.ts';
import { owned } from '../packets/support/wire-story.ts';

const skip = endianness() === 'LE' ? false : 'the octets of these tests are little-endian';

const u16 = (value: number): number[] => [value & 0xff, value >>> 8];
const u32 = (value: number): number[] => [...u16(value & 0xffff), ...u16(value >>> 16)];
const padded = (bytes: readonly number[]): number[] => [
  ...bytes,
  ...Array<number>((4 - (bytes.length % 4)) % 4).fill(0),
];
const attribute = (type: number, value: readonly number[]): number[] =>
  padded([...u16(value.length + 4), ...u16(type), ...value]);
const text = (value: string): number[] => [...Buffer.from(`${value}\0`)];

const message = (type: number, ...body: readonly number[]): number[] => [
  ...u32(16 + body.length),
  ...u16(type),
  ...Array<number>(10).fill(0),
  ...body,
];
const linkBody = (family: number, index: number, flags: number): number[] => [
  ...[family, 0, ...u16(1)],
  ...u32(index),
  ...u32(flags),
  ...u32(0),
];
const MAC = [2, 0, 0, 0, 0, 0xaa];
const eth0 = {
  index: 7,
  name: 'eth0',
  hardwareType: 1,
  flags: 0x1043,
  mac: '02:00:00:00:00:aa',
  hasMaster: false,
};

const read = (...bytes: readonly number[]) =>
  readNetlinkMessages(Uint8Array.from(bytes)).map(({ isInconsistent: _, ...content }) => content);

describe('rtnetlink', { skip }, () => {
  it('describes an interface by index, name, type, flags and MAC address', () => {
    const bytes = message(16, ...linkBody(0, 7, 0x1043), ...attribute(3, text('eth0')), ...attribute(1, MAC));
    assert.deepEqual(read(...bytes), [{ kind: 'link', link: eth0 }]);
  });

  it('names the master of an interface; 0 is none', () => {
    const attributes = [...attribute(3, text('eth0')), ...attribute(1, MAC)];
    const [of3] = read(...message(16, ...linkBody(0, 7, 0x1043), ...attributes, ...attribute(10, u32(3))));
    assert.deepEqual(of3, { kind: 'link', link: { ...eth0, hasMaster: true } });
    const [of0] = read(...message(16, ...linkBody(0, 7, 0x1043), ...attributes, ...attribute(10, u32(0))));
    assert.deepEqual(of0, { kind: 'link', link: eth0 });
  });

  it('has no MAC address for an interface whose address is longer', () => {
    const [one] = read(
      ...message(16, ...linkBody(0, 7, 1), ...attribute(3, text('ib0')), ...attribute(1, Array(20).fill(1))),
    );
    assert.equal(one?.kind === 'link' ? one.link.mac : 'none', null);
  });

  it('says that an interface is gone', () => {
    assert.deepEqual(read(...message(17, ...linkBody(0, 7, 0))), [{ kind: 'link gone', index: 7 }]);
  });

  it('is left alone where a bridge speaks of its ports: one that left is not gone', () => {
    assert.deepEqual(read(...message(17, ...linkBody(7, 7, 0))), []);
    assert.deepEqual(read(...message(16, ...linkBody(7, 7, 1), ...attribute(3, text('eth0')))), []);
  });

  it('describes addresses of both families', () => {
    const four = message(
      20,
      2,
      24,
      0,
      0,
      ...u32(7),
      ...attribute(1, [192, 0, 2, 9]),
      ...attribute(2, [192, 0, 2, 1]),
    );
    const six = message(
      21,
      10,
      64,
      0,
      0,
      ...u32(7),
      ...attribute(1, [0xfe, 0x80, ...Array<number>(13).fill(0), 1]),
    );
    assert.deepEqual(read(...four, ...six), [
      {
        kind: 'address',
        address: { index: 7, address: owned('192.0.2.1').address, prefixLength: 24, isUsable: true },
      },
      {
        kind: 'address gone',
        address: { index: 7, address: owned('fe80::1').address, prefixLength: 64, isUsable: true },
      },
    ]);
  });

  it('says which addresses may not be used: tentative ones and duplicates', () => {
    const address = attribute(1, [0x20, 1, ...Array<number>(13).fill(0), 1]);
    const usable = (flags: number, wide: number | null): boolean => {
      const more = wide === null ? [] : attribute(8, u32(wide));
      const [one] = read(...message(20, 10, 64, flags, 0, ...u32(7), ...address, ...more));
      return one?.kind === 'address' && one.address.isUsable;
    };
    assert.deepEqual(
      [usable(0, null), usable(0x80, 0x80), usable(0x40, null), usable(0x08, 0x08), usable(0, 0x240)],
      [true, true, false, false, false],
    );
  });

  it('ends a list, and says why one was refused', () => {
    assert.deepEqual(read(...message(3, 0, 0, 0, 0)), [{ kind: 'done' }]);
    assert.deepEqual(read(...message(2, ...u32(0))), [{ kind: 'done' }]);
    assert.deepEqual(read(...message(2, ...u32(0xffff_fff0))), [{ kind: 'refused', code: 'EBUSY' }]);
  });

  it('marks the messages of a list during which something changed', () => {
    const marks = (flags: number): readonly boolean[] => {
      const bytes = message(3, 0, 0, 0, 0);
      bytes.splice(6, 2, ...u16(flags));
      return readNetlinkMessages(Uint8Array.from(bytes)).map(({ isInconsistent }) => isInconsistent);
    };
    assert.deepEqual([marks(0x02), marks(0x12)], [[false], [true]]);
  });

  it('is left alone where it is of another type, cut off, or without a name', () => {
    assert.deepEqual(read(...message(24, ...linkBody(0, 7, 0))), []);
    assert.deepEqual(read(...message(16, ...linkBody(0, 7, 0))), []);
    assert.deepEqual(read(...message(20, 2, 24)), []);
    assert.deepEqual(read(...message(16, ...linkBody(0, 7, 0)).slice(0, 20)), []);
    assert.deepEqual(read(), []);
    assert.deepEqual(read(...Array<number>(40).fill(0)), []);
  });

  it('never throws, whatever the octets', () => {
    const valid = [
      ...message(16, ...linkBody(0, 7, 0x1043), ...attribute(3, text('eth0')), ...attribute(1, MAC)),
      ...message(20, 10, 64, 0, 0, ...u32(7), ...attribute(1, Array(16).fill(1))),
    ];
    underSeeds(20, 500, (random) => {
      for (let count = 0; count < 200; count++) {
        const bytes = Uint8Array.from(valid);
        for (let changes = random.below(6); changes > 0; changes--)
          bytes[random.below(bytes.length)] = random.below(256);
        readNetlinkMessages(bytes.subarray(0, random.below(bytes.length + 1)));
      }
    });
  });
});
