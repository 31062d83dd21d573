/** The filter of a receiving socket, run as the kernel runs it. The tests in network namespaces show it in the kernel. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ExpectedRemote } from '../../../src/bfd/transport/sockets.ts';
import { remoteTtlFilter, strictestFilter } from '../../../src/bfd/transport/ttl-filter.ts';
import { type Address, type Family, formatAddress } from '../../../src/net/address.ts';
import { type FilterInstruction, NETWORK_HEADER } from '../../../src/sockets/packet-filter.ts';
import { addressOf } from './support/pair.ts';

const [LOAD_BYTE, LOAD_HALFWORD, EQUAL, AT_LEAST, RETURN] = [0x30, 0x28, 0x15, 0x35, 0x06];

/** Whether the packet passes. */
function passes(program: readonly FilterInstruction[], header: Uint8Array): boolean {
  const view = new DataView(header.buffer);
  let loaded = 0;
  for (let at = 0; ; at++) {
    const instruction = program[at];
    assert.ok(instruction !== undefined, 'the program runs over its end');
    const { code, operand, onTrue, onFalse } = instruction;
    if (code === RETURN) return operand !== 0;
    if (code === LOAD_BYTE) loaded = view.getUint8(operand - NETWORK_HEADER);
    else if (code === LOAD_HALFWORD) loaded = view.getUint16(operand - NETWORK_HEADER);
    else {
      assert.ok(code === EQUAL || code === AT_LEAST);
      at += (code === EQUAL ? loaded === operand : loaded >= operand) ? onTrue : onFalse;
    }
  }
}

function ipHeader({ family, bits }: Address, ttl: number): Uint8Array {
  const header = new Uint8Array(40);
  const view = new DataView(header.buffer);
  header[family === 4 ? 8 : 7] = ttl;
  if (family === 4) view.setUint32(12, Number(bits));
  else {
    view.setBigUint64(8, bits >> 64n);
    view.setBigUint64(16, bits & 0xffff_ffff_ffff_ffffn);
  }
  return header;
}

const remotes: Readonly<Record<Family, readonly ExpectedRemote[]>> = {
  4: [
    { remote: addressOf('192.0.2.1'), minimumTtl: 255 },
    { remote: addressOf('192.0.2.2'), minimumTtl: 250 },
    { remote: addressOf('192.0.2.3'), minimumTtl: 240 },
  ],
  6: [
    { remote: addressOf('2001:db8::1'), minimumTtl: 255 },
    { remote: addressOf('2001:db8::2'), minimumTtl: 250 },
    { remote: addressOf('2001:db8:0:0:1::1'), minimumTtl: 240 },
  ],
};
const OTHER: Readonly<Record<Family, Address>> = {
  4: addressOf('198.51.100.1'),
  6: addressOf('2001:db8::9'),
};

for (const family of [4, 6] as const)
  describe(`the TTL filter over IPv${family}`, () => {
    for (const { remote, minimumTtl } of remotes[family])
      it(`lets ${formatAddress(remote)} pass from TTL ${minimumTtl} on`, () => {
        const program = remoteTtlFilter(family, remotes[family]);
        assert.equal(passes(program, ipHeader(remote, minimumTtl)), true);
        assert.equal(passes(program, ipHeader(remote, minimumTtl - 1)), false);
      });

    it('has the lowest minimum for others, which have no session', () => {
      const program = remoteTtlFilter(family, remotes[family]);
      assert.equal(passes(program, ipHeader(OTHER[family], 240)), true);
      assert.equal(passes(program, ipHeader(OTHER[family], 239)), false);
    });

    it('has four instructions where all remotes have one minimum', () => {
      assert.equal(remoteTtlFilter(family, remotes[family].slice(0, 1)).length, 4);
    });

    it('has the highest minimum for all where it would be too long', () => {
      const program = strictestFilter(family, remotes[family]);
      assert.equal(passes(program, ipHeader(OTHER[family], 254)), false);
      assert.equal(passes(program, ipHeader(OTHER[family], 255)), true);
    });
  });
