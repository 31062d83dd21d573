/** The other side: remembers when it sent what, so that a down of the subject is judged by that. */
import { fileURLToPath } from 'node:url';
import type { Result } from '../../../src/base/result.ts';
import { InProcessBfdSessions } from '../../../src/bfd/transport/in-process-sessions.ts';
import type { BfdSender, SenderAddress } from '../../../src/bfd/transport/sockets.ts';
import { UdpSockets } from '../../../src/bfd/transport/udp-sockets.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import type { FromSide, ToSide } from './messages.ts';
import { specsOf } from './sessions.ts';

export const remoteProgram = fileURLToPath(import.meta.url);

/** More than a detection time has. */
const TIMES_KEPT = 40;

class RecordingSockets extends UdpSockets {
  readonly sentAt = new Map<string, number[]>();
  readonly silent = new Set<string>();

  override async openSender(address: SenderAddress): Promise<Result<BfdSender, string>> {
    const opened = await super.openSender(address);
    if (!opened.ok) return opened;
    const key = `${Number(address.remote.bits & 0xffn)}`;
    const { send, close } = opened.value;
    const times: number[] = [];
    this.sentAt.set(key, times);
    return {
      ok: true,
      value: {
        close,
        send: (octets, done) => {
          if (this.silent.has(key)) return;
          send(octets, done);
          times.push(performance.timeOrigin + performance.now());
          if (times.length > TIMES_KEPT) times.shift();
        },
      },
    };
  }
}

if (process.argv[1] === remoteProgram) serve();

function serve(): void {
  const say = (message: FromSide): void => void process.send?.(message);
  const sockets = new RecordingSockets(Math.random);
  const sessions = new InProcessBfdSessions(systemClock, Math.random, sockets);
  const timesOf = (key: string): readonly number[] => [...(sockets.sentAt.get(key) ?? [])];
  sessions.onChange(({ from, status: { key, state, diagnostic, since } }) => {
    say({ kind: 'changed', key, from, to: state, diagnostic, at: since, sentAt: timesOf(key) });
  });
  process.on('message', (message: ToSide) => {
    if (message.kind === 'silence') sockets.silent.add(message.key);
    if (message.kind === 'silence' || message.kind === 'when')
      say({ kind: 'sent', key: message.key, sentAt: timesOf(message.key) });
  });
  process.once('disconnect', () => process.exit(0));
  sessions.apply(specsOf('remote'));
}
