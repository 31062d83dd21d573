/**
 * A host that asks for addresses by ARP or NDP, one after another, and measures how long each answer takes. It reads one line
 * of JSON, and prints the times in microseconds, in the order of the addresses. It blocks in the kernel, like a C program.
 */
import { execFileSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { arpFrame } from '../../../src/layer2/packets/arp-packet.ts';
import { BROADCAST_MAC, ETHERTYPE, formatMac, parseMac } from '../../../src/layer2/packets/ethernet-frame.ts';
import {
  groupMac,
  icmpFrame,
  readAddressBits,
  solicitedNodeGroup,
  writeAddressBits,
} from '../../../src/layer2/packets/ipv6-packet.ts';
import { type Address, parseAddress } from '../../../src/net/address.ts';
import { loadLibc } from '../../../src/sockets/libc.ts';
import {
  acceptPacket,
  jumpIfEqual,
  loadWord,
  PACKET_TYPE,
  rejectPacket,
} from '../../../src/sockets/packet-filter.ts';
import { openPacketSocket, PacketReader } from '../../../src/sockets/packet-socket.ts';
import { PollSet } from '../../../src/sockets/poll-set.ts';

export type ProbeRequest = {
  readonly addresses: readonly string[];
  /** Who asks, of the same family. */
  readonly source: string;
  /** Between two questions. */
  readonly pauseMillis: number;
};

const [LOST_AFTER_MS, OUTGOING] = [1000, 4];
const MICROSECONDS = 1000;

const libc = await loadLibc('this program');
if (!libc.ok) throw new Error(libc.error);
const shown = execFileSync('ip', ['-o', 'link', 'show', 'eth0'], { encoding: 'utf8' });
const mac = parseMac(/link\/ether (\S+)/.exec(shown)?.[1] ?? '') ?? BROADCAST_MAC;
const index = Number.parseInt(shown, 10);
const incoming = [loadWord(PACKET_TYPE), jumpIfEqual(OUTGOING, 1, 0), acceptPacket, rejectPacket];
const sockets = { 4: open(ETHERTYPE.arp), 6: open(ETHERTYPE.ipv6) } as const;
const reader = new PacketReader(libc.value);
const poll = new PollSet(libc.value);

function open(type: number): number {
  if (!libc.ok) throw new Error(libc.error);
  const fd = openPacketSocket(libc.value, index, type, incoming);
  if (!fd.ok) throw new Error(fd.error);
  return fd.value;
}

function address(text: string): Address {
  const parsed = parseAddress(text);
  if (!parsed.ok) throw new Error(`${text} ${parsed.error}`);
  return parsed.value;
}

function question(target: Address, source: Address): Uint8Array {
  if (target.family === 4) {
    const packet = {
      isRequest: true,
      senderMac: mac,
      senderIp: Number(source.bits),
      targetMac: new Uint8Array(6),
    };
    return arpFrame(BROADCAST_MAC, { ...packet, targetIp: Number(target.bits) });
  }
  const group = solicitedNodeGroup(target.bits);
  const message = new Uint8Array(32);
  message[0] = 135;
  writeAddressBits(message, 8, target.bits);
  message.set([1, 1, ...mac], 24);
  return icmpFrame(
    { sourceMac: mac, destinationMac: groupMac(group), source: source.bits, destination: group },
    message,
  );
}

/** Whether the frame is the answer about this address. */
function answers(bytes: Uint8Array, { family, bits }: Address): boolean {
  if (family === 4) return bytes[21] === 2 && BigInt(Buffer.from(bytes).readUInt32BE(28)) === bits;
  return bytes[54] === 136 && bytes.length >= 78 && readAddressBits(bytes, 62) === bits;
}

/** Microseconds; infinite if the answer was lost. */
function probe(target: Address, source: Address): number {
  const fd = sockets[target.family];
  const frame = question(target, source);
  if (!libc.ok) throw new Error(libc.error);
  while (reader.receive(fd, () => {}).ok) {
    if (poll.wait(0) !== null || !poll.isReady(0)) break;
  }
  const startedAt = performance.now();
  libc.value.send(fd, frame, frame.length, 0);
  let seenAt = Number.NaN;
  while (Number.isNaN(seenAt)) {
    const failure = poll.wait(LOST_AFTER_MS);
    const now = performance.now();
    if (now - startedAt > LOST_AFTER_MS || failure !== null) return Number.POSITIVE_INFINITY;
    reader.receive(fd, ({ bytes }) => {
      if (answers(bytes, target)) seenAt = now;
    });
  }
  return (seenAt - startedAt) * MICROSECONDS;
}

const pauseCell = new Int32Array(new SharedArrayBuffer(4));

process.stdout.write(`${formatMac(mac)}\n`);
createInterface(process.stdin)
  .on('line', (line) => {
    const { addresses, source, pauseMillis } = JSON.parse(line) as ProbeRequest;
    const from = address(source);
    poll.set([sockets[from.family]]);
    const times = addresses.map((text) => {
      Atomics.wait(pauseCell, 0, 0, pauseMillis);
      return Math.round(probe(address(text), from) * 10) / 10;
    });
    process.stdout.write(`${JSON.stringify(times)}\n`);
  })
  .on('close', () => process.exit());
