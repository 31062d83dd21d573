/**
 * A host that asks for one address all the time, and prints a line of JSON for each question: when it asked, and the frames that
 * came before the next. Its arguments are the interface and the question in hex. It ends with its standard input.
 */
import { execFileSync } from 'node:child_process';
import { loadLibc } from '../../../../../src/sockets/libc.ts';
import {
  acceptPacket,
  jumpIfEqual,
  loadWord,
  PACKET_TYPE,
  rejectPacket,
} from '../../../../../src/sockets/packet-filter.ts';
import { openPacketSocket, PacketReader } from '../../../../../src/sockets/packet-socket.ts';

const [ALL_TYPES, OUTGOING] = [3, 4];
const QUESTION_INTERVAL_MS = 20;
/** What others send. */
const INCOMING = [loadWord(PACKET_TYPE), jumpIfEqual(OUTGOING, 1, 0), acceptPacket, rejectPacket];

const [, , device = 'eth0', question = ''] = process.argv;
const libc = await loadLibc('this program');
if (!libc.ok) throw new Error(libc.error);
const shown = execFileSync('ip', ['-o', 'link', 'show', device], { encoding: 'utf8' });
const fd = openPacketSocket(libc.value, Number.parseInt(shown, 10), ALL_TYPES, INCOMING);
if (!fd.ok) throw new Error(fd.error);
const reader = new PacketReader(libc.value);
const frame = Buffer.from(question, 'hex');

function received(): readonly string[] {
  const frames: string[] = [];
  for (;;) {
    const count = reader.receive(fd.ok ? fd.value : -1, ({ bytes }) => {
      frames.push(Buffer.from(bytes).toString('hex'));
    });
    if (!count.ok || count.value === 0) return frames;
  }
}

let askedAt: number | null = null;
process.stdout.write('ready\n');
setInterval(() => {
  const frames = received();
  if (askedAt !== null) process.stdout.write(`${JSON.stringify({ at: askedAt, frames })}\n`);
  askedAt = performance.now();
  libc.value.send(fd.value, frame, frame.length, 0);
}, QUESTION_INTERVAL_MS);
process.stdin.on('end', () => process.exit()).resume();
