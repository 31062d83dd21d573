/** The filters of the kernel, in a small machine for classic BPF: loads, comparisons and returns. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { coveringRanges } from '../../../src/layer2/packets/covering-ranges.ts';
import { arpFilter, FILTER_RANGES_MAX, NDP_FILTER } from '../../../src/layer2/transport/wire-filters.ts';
import { formatAddress } from '../../../src/net/address.ts';
import { type FilterInstruction, PACKET_TYPE } from '../../../src/sockets/packet-filter.ts';
import { underSeeds } from '../../support/random.ts';
import { advertisement, arp, solicitation } from '../packets/support/frames.ts';

const [BROADCAST, OTHER_HOST] = [1, 3];

/** Whether the packet is accepted. */
function runFilter(
  program: readonly FilterInstruction[],
  frame: Uint8Array,
  packetType = BROADCAST,
): boolean {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  let loaded = 0;
  for (let at = 0; ; at++) {
    const instruction = program[at];
    assert.ok(instruction !== undefined, 'a jump beyond the end');
    const { code, onTrue, onFalse, operand } = instruction;
    assert.ok(onTrue <= 255 && onFalse <= 255);
    const jump = (isTrue: boolean): void => {
      at += isTrue ? onTrue : onFalse;
    };
    switch (code) {
      case 0x20:
        if (operand === PACKET_TYPE) loaded = packetType;
        else if (operand + 4 > frame.length) return false;
        else loaded = view.getUint32(operand);
        break;
      case 0x30:
        if (operand >= frame.length) return false;
        loaded = view.getUint8(operand);
        break;
      case 0x15:
        jump(loaded === operand);
        break;
      case 0x25:
        jump(loaded > operand);
        break;
      case 0x35:
        jump(loaded >= operand);
        break;
      case 0x06:
        return operand !== 0;
      default:
        assert.fail(`an unknown instruction ${code}`);
    }
  }
}

const ip = (number: number): string => formatAddress({ family: 4, bits: BigInt(number) });

describe('the filter of ARP', () => {
  it('lets through what is about an address in a range, as target or sender', () => {
    underSeeds(100, 3000, (random) => {
      const owned = Array.from({ length: random.below(80) }, () => random.below(random.pick([50, 2 ** 32])));
      const ranges = coveringRanges(owned, FILTER_RANGES_MAX);
      const filter = arpFilter(ranges);
      const isNear = (number: number): boolean =>
        ranges.some(({ first, last }) => first <= number && number <= last);
      for (let count = 0; count < 20; count++) {
        const near = (): number => random.pick([random.below(2 ** 32), random.below(60), ...owned]);
        const [sender, target] = [near(), near()];
        const frame = arp({ sender: ip(sender), target: ip(target) });
        assert.equal(runFilter(filter, frame), isNear(sender) || isNear(target));
      }
    });
  });

  it('lets nothing through while nothing is owned, nor what is for other hosts or too short', () => {
    assert.equal(runFilter(arpFilter([]), arp()), false);
    const filter = arpFilter([{ first: 0, last: 0xffff_ffff }]);
    assert.equal(runFilter(filter, arp()), true);
    assert.equal(runFilter(filter, arp(), OTHER_HOST), false);
    assert.equal(runFilter(filter, arp({ cutTo: 30 })), false);
  });
});

describe('the filter of neighbour discovery', () => {
  const rows: readonly (readonly [rule: string, frame: Uint8Array, accepted: boolean, type?: number])[] = [
    ['a solicitation', solicitation(), true],
    ['an advertisement', advertisement(), true],
    ['a solicitation for another host', solicitation(), false, OTHER_HOST],
    ['a router advertisement', solicitation({ icmpType: 134 }), false],
    ['a redirect', solicitation({ icmpType: 137 }), false],
    ['TCP', solicitation({ nextHeader: 6 }), false],
    ['a packet that is too short', solicitation({ cutTo: 54 }), false],
  ];
  for (const [rule, frame, accepted, type] of rows)
    it(`${accepted ? 'lets through' : 'drops'} ${rule}`, () =>
      assert.equal(runFilter(NDP_FILTER, frame, type), accepted));
});
