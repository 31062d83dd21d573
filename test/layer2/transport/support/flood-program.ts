/**
 * Floods a segment with broadcast frames, at a given rate. Arguments: frames a second, seconds, what they are, and the first of the
 * owned addresses. It prints how many it sent.
 */
import { execFileSync } from 'node:child_process';
import { arpProbe } from '../../../../src/layer2/packets/arp-packet.ts';
import { BROADCAST_MAC, ethernetFrame, parseMac } from '../../../../src/layer2/packets/ethernet-frame.ts';
import { parseAddress } from '../../../../src/net/address.ts';
import { loadLibc } from '../../../../src/sockets/libc.ts';
import { rejectPacket } from '../../../../src/sockets/packet-filter.ts';
import { openPacketSocket } from '../../../../src/sockets/packet-socket.ts';

/** ARP requests for addresses of nobody, or for a thousand from 10.1.0.0 on; datagrams; requests for nobody and datagrams in turn. */
export type Flood = 'others' | 'owned' | 'datagrams' | 'mixed';

const [rate = 0, seconds = 0] = process.argv.slice(2, 4).map(Number);
const kind = process.argv[4] ?? 'mixed';
const firstOwned = parseAddress(process.argv[5] ?? '10.1.0.0');
if (!firstOwned.ok) throw new Error(firstOwned.error);
const OWNED = 1000;
const BURST_MS = 2;
const OTHERS = 4096;

const libc = await loadLibc('this program');
if (!libc.ok) throw new Error(libc.error);
const shown = execFileSync('ip', ['-o', 'link', 'show', 'eth0'], { encoding: 'utf8' });
const mac = parseMac(/link\/ether (\S+)/.exec(shown)?.[1] ?? '') ?? BROADCAST_MAC;
const fd = openPacketSocket(libc.value, Number.parseInt(shown, 10), 0x0806, [rejectPacket]);
if (!fd.ok) throw new Error(fd.error);

const datagram = ethernetFrame(BROADCAST_MAC, mac, 0x0800, 100);
const requestsFor = (first: bigint, count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, index) => arpProbe({ family: 4, bits: first + BigInt(index) }, mac));
const others = requestsFor(0x0afe_0000n, OTHERS);
const FRAMES: Readonly<Record<string, readonly Uint8Array[]>> = {
  others,
  owned: requestsFor(firstOwned.value.bits, OWNED),
  datagrams: [datagram],
  mixed: others.flatMap((request) => [request, datagram]),
};
const frames = FRAMES[kind] ?? [];
const startedAt = performance.now();
let sent = 0;
const pauseCell = new Int32Array(new SharedArrayBuffer(4));
for (let now = startedAt; now - startedAt < seconds * 1000; now = performance.now()) {
  const due = Math.floor(((now - startedAt) / 1000) * rate);
  for (; sent < due; sent++) {
    const frame = frames[sent % frames.length];
    if (frame !== undefined) libc.value.send(fd.value, frame, frame.length, 0);
  }
  Atomics.wait(pauseCell, 0, 0, BURST_MS);
}
process.stdout.write(`${sent}\n`);
