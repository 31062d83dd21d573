/**
 * A host on the segment that asks for addresses all the time, and prints who answers and who announces itself: one line for
 * each frame, as `readSightings` takes it. Its argument is a `RecorderTask`.
 */
import { execFileSync } from 'node:child_process';
import { writeSync } from 'node:fs';
import { parseMac } from '../../../../../src/layer2/packets/ethernet-frame.ts';
import { type Libc, loadLibc } from '../../../../../src/sockets/libc.ts';
import {
  acceptPacket,
  jumpIfEqual,
  loadWord,
  PACKET_TYPE,
  rejectPacket,
} from '../../../../../src/sockets/packet-filter.ts';
import { openPacketSocket, PacketReader } from '../../../../../src/sockets/packet-socket.ts';
import { PollSet } from '../../../../../src/sockets/poll-set.ts';
import { monotonicNow } from './monotonic.ts';
import { addressOf, claimIn, neighbourQuestion } from './neighbour-question.ts';
import type { RecorderTask } from './recorder-task.ts';

const [ALL_TYPES, OUTGOING] = [3, 4];
const [SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES] = [1, 33, 32 * 1024 ** 2];
const STANDARD_OUTPUT = 1;

const task = JSON.parse(process.argv[2] ?? '') as RecorderTask;
const loaded = await loadLibc('this program');
if (!loaded.ok) throw new Error(loaded.error);
const libc: Libc = loaded.value;
const shown = execFileSync('ip', ['-o', 'link', 'show', task.interface], { encoding: 'utf8' });
const mac = parseMac(/link\/ether (\S+)/.exec(shown)?.[1] ?? '');
if (mac === null) throw new Error(`${task.interface} has no MAC address`);
const incoming = [loadWord(PACKET_TYPE), jumpIfEqual(OUTGOING, 1, 0), acceptPacket, rejectPacket];
const opened = openPacketSocket(libc, Number.parseInt(shown, 10), ALL_TYPES, incoming);
if (!opened.ok) throw new Error(opened.error);
const fd = opened.value;
// A recorder that waits for its turn on a busy machine must not lose frames.
const bufferBytes = Buffer.from(Int32Array.of(RECEIVE_BUFFER_BYTES).buffer);
libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, bufferBytes, bufferBytes.length);
const questions = task.addresses.map((text) => {
  const target = addressOf(text);
  return neighbourQuestion(target, addressOf(task.sources[target.family]), mac);
});
const reader = new PacketReader(libc);
const poll = new PollSet(libc);
poll.set([fd]);

function readFrames(): void {
  const lines: string[] = [];
  for (;;) {
    const count = reader.receive(fd, ({ bytes }) => {
      const claim = claimIn(bytes);
      if (claim !== null)
        lines.push(`${monotonicNow().toFixed(2)} ${claim.kind} ${claim.address} ${claim.mac}\n`);
    });
    if (!count.ok || count.value === 0) break;
  }
  if (lines.length > 0) writeSync(STANDARD_OUTPUT, lines.join(''));
}

// It blocks in the kernel, as a program of its own would: no timer of Node delays what it sees.
for (let dueAt = monotonicNow(); ; ) {
  const now = monotonicNow();
  if (now >= dueAt) {
    for (const frame of questions) libc.send(fd, frame, frame.length, 0);
    dueAt = Math.max(now, dueAt + task.everyMs);
  }
  poll.wait(Math.max(0, dueAt - monotonicNow()));
  readFrames();
}
