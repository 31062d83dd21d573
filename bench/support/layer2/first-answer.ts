/**
 * A host that asks for one address of IPv4 again and again, until it is answered, or until it is not any more. It reads lines of
 * JSON, and prints when that was, by `wallNow`.
 */
import { execFileSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { arpFrame, readArp } from '../../../src/layer2/packets/arp-packet.ts';
import {
  BROADCAST_MAC,
  ETHERNET_HEADER_BYTES,
  ETHERTYPE,
  parseMac,
} from '../../../src/layer2/packets/ethernet-frame.ts';
import { parseAddress } from '../../../src/net/address.ts';
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
import { wallNow } from '../wall-clock.ts';

export type AnswerQuestion = { readonly address: string; readonly until: 'answered' | 'silent' };

const [ASK_EVERY_MS, SILENT_AFTER_QUESTIONS, OUTGOING] = [1, 20, 4];
/** 10.51.0.1, which nobody has. */
const SOURCE = 0x0a33_0001;

const libc = await loadLibc('this program');
if (!libc.ok) throw new Error(libc.error);
const shown = execFileSync('ip', ['-o', 'link', 'show', 'eth0'], { encoding: 'utf8' });
const mac = parseMac(/link\/ether (\S+)/.exec(shown)?.[1] ?? '') ?? BROADCAST_MAC;
const incoming = [loadWord(PACKET_TYPE), jumpIfEqual(OUTGOING, 1, 0), acceptPacket, rejectPacket];
const fd = openPacketSocket(libc.value, Number.parseInt(shown, 10), ETHERTYPE.arp, incoming);
if (!fd.ok) throw new Error(fd.error);
const socket = fd.value;
const [reader, poll, { send }] = [new PacketReader(libc.value), new PollSet(libc.value), libc.value];
poll.set([socket]);

/** Whether a reply for the address arrives before the next question is due. */
function isAnswered(ip: number, question: Uint8Array): boolean {
  send(socket, question, question.length, 0);
  let answered = false;
  for (const end = wallNow() + ASK_EVERY_MS; !answered && wallNow() < end; ) {
    poll.wait(ASK_EVERY_MS);
    if (!poll.isReady(0)) continue;
    reader.receive(socket, ({ bytes }) => {
      const packet = readArp(bytes, ETHERNET_HEADER_BYTES);
      if (typeof packet !== 'string' && !packet.isRequest && packet.senderIp === ip) answered = true;
    });
  }
  return answered;
}

function awaitChange({ address, until }: AnswerQuestion): number {
  const parsed = parseAddress(address);
  if (!parsed.ok) throw new Error(`${address} ${parsed.error}`);
  const ip = Number(parsed.value.bits);
  const packet = { isRequest: true, senderMac: mac, senderIp: SOURCE, targetMac: new Uint8Array(6) };
  const question = arpFrame(BROADCAST_MAC, { ...packet, targetIp: ip });
  for (let unanswered = 0; ; )
    if (isAnswered(ip, question)) {
      if (until === 'answered') return wallNow();
      unanswered = 0;
    } else {
      unanswered += 1;
      if (until === 'silent' && unanswered >= SILENT_AFTER_QUESTIONS) return wallNow();
    }
}

process.stdout.write('ready\n');
createInterface(process.stdin)
  .on('line', (line) => process.stdout.write(`${awaitChange(JSON.parse(line) as AnswerQuestion)}\n`))
  .on('close', () => process.exit());
