/** The length of an OPEN's optional parameters, at the bounds of the two formats. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Open } from '../../../src/bgp/wire/message.ts';
import { decodeOpen, encodeOpen } from '../../../src/bgp/wire/open.ts';

/** Offset of the length of the optional parameters, which follow it. */
const LENGTH_AT = 28;

/** An OPEN whose one capability makes the optional parameters that long, in the format of RFC 4271. */
const openOf = (parameterBytes: number): Open => {
  const headers = 4; // of the parameter, and of the capability
  const lengths =
    parameterBytes > 255
      ? [Math.ceil((parameterBytes - headers) / 2), Math.floor((parameterBytes - headers) / 2) - 2]
      : [parameterBytes - headers];
  return {
    kind: 'open',
    ...{ asn: 64_512, holdTime: 90, routerId: 1 },
    capabilities: lengths.map((length) => ({ kind: 'unknown', code: 240, value: new Uint8Array(length) })),
  };
};

const rows: readonly (readonly [parameterBytes: number, format: 'plain' | 'extended'])[] = [
  [4, 'plain'],
  [254, 'plain'],
  [255, 'plain'],
  [256, 'extended'],
  [400, 'extended'],
];

describe('optional parameters', () => {
  for (const [parameterBytes, format] of rows) {
    it(`of ${parameterBytes} octets are ${format} (RFC 9072 2)`, () => {
      const open = openOf(parameterBytes);
      const octets = encodeOpen(open);
      const [length, type] = octets.subarray(LENGTH_AT);
      assert.deepEqual([length, type], format === 'plain' ? [parameterBytes, 2] : [255, 255]);
      assert.deepEqual(decodeOpen(octets), { ok: true, value: open });
    });
  }
});
