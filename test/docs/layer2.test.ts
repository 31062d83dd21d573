/** The packets on the page about layer 2 are those that a speaker sends, as tcpdump writes them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { root } from '../../dev/place.mjs';
import { arpAnnouncements, arpProbe } from '../../src/layer2/packets/arp-packet.ts';
import { formatMac } from '../../src/layer2/packets/ethernet-frame.ts';
import { neighbourProbe, unsolicitedAdvertisement } from '../../src/layer2/packets/neighbour-packet.ts';
import { type Address, formatAddress, parseAddress } from '../../src/net/address.ts';

const MAC = Uint8Array.of(2, 0, 0, 0, 0, 1);

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed.ok);
  return parsed.value;
}

/** As `tcpdump -e -n` does, for the packets of the page. */
function asTcpdumpWrites(frame: Uint8Array): string {
  const bytes = Buffer.from(frame);
  const ipv4 = (at: number): string => bytes.subarray(at, at + 4).join('.');
  const ipv6 = (at: number): string =>
    formatAddress({ family: 6, bits: BigInt(`0x${bytes.toString('hex', at, at + 16)}`) });
  const mac = (at: number): string => formatMac(bytes.subarray(at, at + 6));
  const isArp = bytes.readUInt16BE(12) === 0x0806;
  const head = `${mac(6)} > ${mac(0)}, ethertype ${isArp ? 'ARP (0x0806)' : 'IPv6 (0x86dd)'}, length ${bytes.length}: `;
  if (isArp) {
    const says =
      bytes.readUInt16BE(20) === 1
        ? `Request who-has ${ipv4(38)} tell ${ipv4(28)}`
        : `Reply ${ipv4(28)} is-at ${mac(22)}`;
    return `${head}${says}, length ${bytes.length - 14}`;
  }
  const says =
    bytes[54] === 135
      ? `neighbor solicitation, who has ${ipv6(62)}`
      : `neighbor advertisement, tgt is ${ipv6(62)}`;
  return `${head}${ipv6(22)} > ${ipv6(38)}: ICMP6, ${says}, length ${bytes.readUInt16BE(18)}`;
}

it('layer2.md shows what tcpdump does, packet by packet', () => {
  const page = readFileSync(join(root, 'docs/layer2.md'), 'utf8');
  const [, shown = ''] = /```text\n(02:00[\s\S]*?)\n```/.exec(page) ?? [];
  const [ipv4, ipv6] = [address('192.168.5.7'), address('fd00::7')];
  const sent = [
    ...[arpProbe(ipv4, MAC), ...arpAnnouncements(ipv4, MAC)],
    ...[neighbourProbe(ipv6, MAC), unsolicitedAdvertisement(ipv6, MAC)],
  ];
  assert.deepEqual(shown.split('\n'), sent.map(asTcpdumpWrites));
});
