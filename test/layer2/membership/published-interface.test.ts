/** The subnets and addresses of an interface that a speaker publishes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ADDRESSES_MAX,
  SUBNETS_MAX,
  toPublished,
} from '../../../src/layer2/membership/published-interface.ts';
import type { WireInterface } from '../../../src/layer2/packets/layer2-wire.ts';
import { parseAddress } from '../../../src/net/address.ts';

type LinkAddress = WireInterface['addresses'][number];

function at(text: string): LinkAddress {
  const [address = '', length = ''] = text.split('/');
  const parsed = parseAddress(address);
  assert.ok(parsed.ok);
  return { address: parsed.value, prefixLength: Number(length) };
}

const published = (addresses: readonly string[]) =>
  toPublished({
    ...{ name: 'eth0', index: 1, mac: '02:00:00:00:00:01', families: { 4: true, 6: true } },
    addresses: addresses.map(at),
  });
const subnets = (addresses: readonly string[]) => published(addresses).subnets;

describe('the published subnets of an interface', () => {
  it('are those of its addresses, each once, sorted', () => {
    assert.deepEqual(subnets(['192.0.2.9/24', '192.0.2.10/24', '10.1.2.3/16', '2001:db8::5/64']), [
      ...['10.1.0.0/16', '192.0.2.0/24', '2001:db8::/64'],
    ]);
  });

  it('are none for addresses that stand alone', () => {
    assert.deepEqual(subnets(['192.0.2.9/32', '2001:db8::5/128']), []);
  });

  it('are not known where there are too many', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `10.0.${index}.1/24`);
    assert.equal(subnets(many(SUBNETS_MAX))?.length, SUBNETS_MAX);
    assert.equal(subnets(many(SUBNETS_MAX + 1)), null);
  });
});

describe('the published addresses of an interface', () => {
  it('are its own, also those that stand alone, without link-local ones', () => {
    assert.deepEqual(published(['192.0.2.9/24', '192.0.2.50/32', '2001:db8::5/64', 'fe80::1/64']).addresses, [
      ...['192.0.2.50', '192.0.2.9', '2001:db8::5'],
    ]);
  });

  it('are not known where there are too many', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `10.0.0.${index}/24`);
    assert.equal(published(many(ADDRESSES_MAX)).addresses?.length, ADDRESSES_MAX);
    assert.equal(published(many(ADDRESSES_MAX + 1)).addresses, null);
  });
});
