/**
 * A host on the segment that sees each frame and sends what it is told to: lines of hex in, lines of hex out. Its argument is
 * the name of the interface.
 */
import { execFileSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { loadLibc } from '../../../../src/sockets/libc.ts';
import {
  acceptPacket,
  jumpIfEqual,
  loadWord,
  PACKET_TYPE,
  rejectPacket,
} from '../../../../src/sockets/packet-filter.ts';
import { openPacketSocket, PacketReader } from '../../../../src/sockets/packet-socket.ts';

const [ALL_TYPES, OUTGOING] = [3, 4];
const READ_INTERVAL_MS = 2;
const [SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES] = [1, 33, 16 * 1024 ** 2];
/** What others send. */
const INCOMING = [loadWord(PACKET_TYPE), jumpIfEqual(OUTGOING, 1, 0), acceptPacket, rejectPacket];

const libc = await loadLibc('this program');
if (!libc.ok) throw new Error(libc.error);
const shown = execFileSync('ip', ['-o', 'link', 'show', process.argv[2] ?? 'eth0'], { encoding: 'utf8' });
const index = Number.parseInt(shown, 10);
const fd = openPacketSocket(libc.value, index, ALL_TYPES, INCOMING);
if (!fd.ok) throw new Error(fd.error);
// A host that waits for its turn on a busy machine must not lose frames.
libc.value.setsockopt(
  fd.value,
  SOL_SOCKET,
  SO_RCVBUFFORCE,
  Buffer.from(Int32Array.of(RECEIVE_BUFFER_BYTES).buffer),
  4,
);
const reader = new PacketReader(libc.value);
process.stdout.write('ready\n');
setInterval(() => {
  for (;;) {
    const count = reader.receive(fd.value, ({ bytes }) => {
      process.stdout.write(`${Buffer.from(bytes).toString('hex')}\n`);
    });
    if (!count.ok || count.value === 0) break;
  }
}, READ_INTERVAL_MS);
createInterface(process.stdin)
  .on('line', (line) => {
    const frame = Buffer.from(line, 'hex');
    libc.value.send(fd.value, frame, frame.length, 0);
  })
  .on('close', () => process.exit());
