/** The table by address. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AddressTable } from '../../../src/layer2/packets/address-table.ts';
import { owned } from './support/wire-story.ts';

const address = (text: string) => owned(text).address;

describe('a table by address', () => {
  it('finds addresses of both families, also those beyond 127.255.255.255, and keeps their order', () => {
    const table = new AddressTable<string>();
    for (const text of ['255.255.255.255', '2001:db8::1', '0.0.0.1', '::1', '192.0.2.1'])
      table.set(address(text), text);
    assert.deepEqual([...table.values()], ['255.255.255.255', '0.0.0.1', '192.0.2.1', '2001:db8::1', '::1']);
    assert.deepEqual(table.ipv4(), [0xffff_ffff, 1, 0xc000_0201]);
    assert.equal(table.getIpv4(0xffff_ffff), '255.255.255.255');
    assert.equal(table.getIpv6(1n), '::1', 'not the address of IPv4 with the same number');
    assert.equal(table.get(address('0.0.0.1')), '0.0.0.1');
    assert.equal(table.get(address('0.0.0.2')), undefined);
  });

  it('says whether it had what is deleted', () => {
    const table = new AddressTable<number>();
    table.set(address('203.0.113.1'), 1);
    assert.equal(table.delete(address('203.0.113.1')), true);
    assert.equal(table.delete(address('203.0.113.1')), false);
    assert.equal(table.delete(address('2001:db8::1')), false);
    assert.deepEqual([...table.values()], []);
  });
});
