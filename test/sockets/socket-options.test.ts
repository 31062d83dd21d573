/** Socket options in the layout of Linux. */
import assert from 'node:assert/strict';
import { endianness } from 'node:os';
import { describe, it } from 'node:test';
import { socketAddress } from '../../src/sockets/socket-address.ts';
import { md5KeyOption, protectionOptions } from '../../src/sockets/socket-options.ts';
import { address } from '../bgp/transport/support/test-peer.ts';

const skip = endianness() === 'LE' ? false : 'the expected octets are little-endian';
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('struct tcp_md5sig', { skip: skip }, () => {
  it('begins with the address, padded to 128 octets', () => {
    const four = md5KeyOption(address('192.0.2.1'), 'key').value;
    assert.equal(four.length, 216);
    assert.equal(hex(four.subarray(0, 16)), `02000000c0000201${'00'.repeat(8)}`);
    const six = md5KeyOption(address('2001:db8::1'), 'key').value;
    assert.equal(hex(six.subarray(0, 28)), `0a00000000000000${'20010db8000000000000000000000001'}00000000`);
  });

  it('has the length of the key, then the key', () => {
    const { value } = md5KeyOption(address('192.0.2.1'), 'schlüssel');
    assert.equal(hex(value.subarray(128, 136)), '00000a0000000000');
    assert.equal(Buffer.from(value.subarray(136, 146)).toString(), 'schlüssel');
  });
});

it('struct sockaddr_in6 has the interface of a link-local address', { skip: skip }, () => {
  const bytes = socketAddress(address('fe80::1'), 3784, 7);
  assert.equal(hex(bytes), `0a000ec800000000fe80${'00'.repeat(13)}0107000000`);
});

describe('the options of a connection', { skip: skip }, () => {
  const rows: readonly (readonly [
    text: string,
    password: string | null,
    hops: number | null,
    options: readonly (readonly number[])[],
  ])[] = [
    ['192.0.2.1', null, null, []],
    ['192.0.2.1', '', null, []],
    ['192.0.2.1', 'key', null, [[6, 14]]],
    [
      '192.0.2.1',
      null,
      1,
      [
        [0, 2, 255],
        [0, 21, 255],
      ],
    ],
    [
      '192.0.2.1',
      null,
      254,
      [
        [0, 2, 255],
        [0, 21, 2],
      ],
    ],
    [
      '2001:db8::1',
      'key',
      2,
      [
        [6, 14],
        [41, 16, 255],
        [41, 73, 254],
      ],
    ],
  ];
  for (const [text, password, ttlSecurity, expected] of rows) {
    it(`${text}, password ${JSON.stringify(password)}, hops ${ttlSecurity}`, () => {
      const options = protectionOptions({ address: address(text), password, ttlSecurity });
      const seen = options.map(({ level, name, value }) =>
        value.length === 4 ? [level, name, new DataView(value.buffer).getInt32(0, true)] : [level, name],
      );
      assert.deepEqual(seen, expected);
    });
  }
});
