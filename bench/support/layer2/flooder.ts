/**
 * Floods a segment with broadcast frames, at a given rate: half are ARP requests for addresses of nobody, half are datagrams.
 * Arguments: frames a second, seconds. It prints how many it sent.
 */
import { execFileSync } from 'node:child_process';
import { arpProbe } from '../../../src/layer2/packets/arp-packet.ts';
import { BROADCAST_MAC, ethernetFrame, parseMac } from '../../../src/layer2/packets/ethernet-frame.ts';
import { loadLibc } from '../../../src/sockets/libc.ts';
import { rejectPacket } from '../../../src/sockets/packet-filter.ts';
import { openPacketSocket } from '../../../src/sockets/packet-socket.ts';

const [rate = 0, seconds = 0] = process.argv.slice(2).map(Number);
const BURST_MS = 2;
const OTHERS = 4096;

const libc = await loadLibc('this program');
if (!libc.ok) throw new Error(libc.error);
const shown = execFileSync('ip', ['-o', 'link', 'show', 'eth0'], { encoding: 'utf8' });
const mac = parseMac(/link\/ether (\S+)/.exec(shown)?.[1] ?? '') ?? BROADCAST_MAC;
const fd = openPacketSocket(libc.value, Number.parseInt(shown, 10), 0x0806, [rejectPacket]);
if (!fd.ok) throw new Error(fd.error);

const datagram = ethernetFrame(BROADCAST_MAC, mac, 0x0800, 100);
const requests = Array.from({ length: OTHERS }, (_, index) =>
  arpProbe({ family: 4, bits: 0x0afe_0000n + BigInt(index) }, mac),
);
const startedAt = performance.now();
let sent = 0;
const pauseCell = new Int32Array(new SharedArrayBuffer(4));
for (let now = startedAt; now - startedAt < seconds * 1000; now = performance.now()) {
  const due = Math.floor(((now - startedAt) / 1000) * rate);
  for (; sent < due; sent++) {
    const frame = sent % 2 === 0 ? datagram : requests[(sent >> 1) % OTHERS];
    if (frame !== undefined) libc.value.send(fd.value, frame, frame.length, 0);
  }
  Atomics.wait(pauseCell, 0, 0, BURST_MS);
}
process.stdout.write(`${sent}\n`);
