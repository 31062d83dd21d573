/** The process that is measured: the thread of the built program beside a main thread that is told to be busy. With SCRIPT. */
import { fileURLToPath } from 'node:url';
import { BfdThread } from '../../../src/bfd/transport/bfd-thread.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import type { FromSide, ToSide } from './messages.ts';
import { NUMBERS, specsOf } from './sessions.ts';

export const subjectProgram = fileURLToPath(import.meta.url);

const SECOND_MS = 1000;

if (process.argv[1] === subjectProgram) serve(process.argv[2] ?? '');

function serve(script: string): void {
  const say = (message: FromSide): void => void process.send?.(message);
  const sessions = new BfdThread({
    script,
    clock: systemClock,
    failed: (message) => process.stderr.write(`${message}\n`),
  });
  let isUp = false;
  sessions.onChange(({ from, status: { key, state, diagnostic, since } }) => {
    say({ kind: 'changed', key, from, to: state, diagnostic, at: since, sentAt: [] });
    const up = sessions.statuses().filter((status) => status.state === 'Up').length;
    if (up === NUMBERS.length && !isUp) say({ kind: 'all-up' });
    isUp = up === NUMBERS.length;
  });
  process.on('message', (message: ToSide) => {
    if (message.kind === 'block') setInterval(() => block(message.millis), SECOND_MS);
    if (message.kind !== 'count') return;
    const received = sessions.statuses().reduce((sum, { counters }) => sum + counters.packetsReceived, 0);
    say({ kind: 'counted', received });
  });
  process.once('disconnect', () => process.exit(0));
  sessions.apply(specsOf('subject'));
}

function block(millis: number): void {
  const until = performance.now() + millis;
  while (performance.now() < until);
}
