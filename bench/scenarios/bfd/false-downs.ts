/** Sessions beside a main thread that is blocked and processes that want the CPU: false downs, and how late true ones are. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../../dev/place.mjs';
import { type NetworkNamespace, TestNetwork } from '../../../test/support/netns/network.ts';
import { note, percentile, type Row, spread } from '../../support/figures.ts';
import type { FromSide, ToSide } from './messages.ts';
import { remoteProgram } from './remote.ts';
import { detectionTimeOf, NUMBERS, SLOW_SESSIONS } from './sessions.ts';
import { subjectProgram } from './subject.ts';
import { type Stall, witnessProgram } from './witness.ts';

const RUN_MS = Number(process.env['BENCH_BFD_SECONDS'] ?? 300) * 1000;
const BLOCKED_MS = 200;
const HOGS = 4;
const SILENCE_SPACING_MS = 40;
/** A session that came up again after a down must be steady before it is silenced. */
const SETTLE_MS = 5000;
const RATIO_MAX = 1.1;
/** What a packet may take from one process to the other. */
const PATH_MS = 10;
/** A witness that did not run for this share of the detection time: the machine had no time. */
const STALL_SHARE = 0.3;

type Changed = Extract<FromSide, { readonly kind: 'changed' }>;

class Side {
  readonly process: ChildProcess;
  readonly changes: Changed[] = [];
  isUp = false;
  received = 0;
  readonly #answers = new Map<string, (sentAt: readonly number[]) => void>();

  constructor(space: NetworkNamespace, program: string, ...args: readonly string[]) {
    const command = [
      `--net=/run/netns/${space.fullName}`,
      process.execPath,
      '--import',
      'tsx',
      program,
      ...args,
    ];
    this.process = startApart('nsenter', command, 'ipc');
    this.process.on('message', (message: FromSide) => this.#hears(message));
  }

  say(message: ToSide): void {
    this.process.send(message);
  }

  /** When the remote sent for that session. */
  ask(message: Extract<ToSide, { readonly key: string }>): Promise<readonly number[]> {
    return new Promise((resolve) => {
      this.#answers.set(message.key, resolve);
      this.say(message);
    });
  }

  #hears(message: FromSide): void {
    switch (message.kind) {
      case 'all-up':
        this.isUp = true;
        return;
      case 'changed':
        this.changes.push(message);
        return;
      case 'sent':
        this.#answers.get(message.key)?.(message.sentAt);
        return;
      case 'counted':
        this.received = message.received;
    }
  }
}

/**
 * The scheduler shares the CPU among sessions (`setsid`), as among Pods: each process has its own. It ends with this one, however
 * that ends.
 */
function startApart(program: string, args: readonly string[], channel: 'ipc' | 'ignore'): ChildProcess {
  return spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', channel],
    detached: true,
  });
}

export async function bfdFalseDowns(): Promise<readonly Row[]> {
  const network = new TestNetwork();
  const children: ChildProcess[] = [];
  const endAll = (): void => {
    for (const child of children) child.kill('SIGKILL');
    network.destroy();
  };
  process.once('exit', endAll);
  try {
    const [left, right] = [network.namespace('subject'), network.namespace('remote')];
    left.addVeth('wire', right, 'wire');
    for (const [space, net] of [
      [left, 1],
      [right, 2],
    ] as const)
      space.ip(...NUMBERS.map((number) => `addr add 10.8.${net}.${number}/16 dev wire`));
    const remote = new Side(right, remoteProgram);
    const subject = new Side(left, subjectProgram, join(root, 'dist/berth.mjs'));
    const witness = startApart(process.execPath, ['--import', 'tsx', witnessProgram], 'ipc');
    const stalls: Stall[] = [];
    witness.on('message', (stall: Stall) => stalls.push(stall));
    children.push(remote.process, subject.process, witness);
    while (!subject.isUp) await sleep(100);
    await sleep(SETTLE_MS);
    for (let hog = 0; hog < HOGS; hog++)
      children.push(startApart(process.execPath, ['-e', 'for (;;);'], 'ignore'));
    subject.say({ kind: 'block', millis: BLOCKED_MS });
    return [...(await steady(subject, remote, stalls)), ...(await silences(subject, remote))];
  } finally {
    process.off('exit', endAll);
    endAll();
  }
}

/** Nobody may go down. */
async function steady(subject: Side, remote: Side, stalls: readonly Stall[]): Promise<readonly Row[]> {
  for (const side of [subject, remote]) side.changes.length = 0;
  note(`${NUMBERS.length} sessions are up; ${RUN_MS / 1000} s`);
  const verdicts = { ours: 0, lateRemote: 0, theirs: 0, machine: 0 };
  const until = performance.now() + RUN_MS;
  while (performance.now() < until) {
    await sleep(200);
    for (const { key, from, diagnostic, at } of subject.changes.splice(0)) {
      if (from !== 'Up' || diagnostic !== 'detection-time-expired') continue;
      const times = await remote.ask({ kind: 'when', key });
      verdicts[sentInTime(times, at, detectionTimeOf(key)) ? 'ours' : 'lateRemote'] += 1;
    }
    for (const { key, from, diagnostic, at } of remote.changes.splice(0))
      if (from === 'Up' && diagnostic === 'detection-time-expired')
        verdicts[wasStalled(stalls, at, detectionTimeOf(key)) ? 'machine' : 'theirs'] += 1;
  }
  const falseDowns = verdicts.ours + verdicts.theirs;
  return [
    {
      figure: `${SLOW_SESSIONS} sessions of 100 ms × 3 and one of 50 ms × 3, main thread blocked ${BLOCKED_MS} ms in each second, ${HOGS} CPU hogs: false downs in ${Math.round(RUN_MS / 1000)} s`,
      goal: '0',
      seen: `${falseDowns}: ${verdicts.ours} though the remote sent in time, ${verdicts.theirs} that the remote saw; besides, ${verdicts.lateRemote} with a late remote, and ${verdicts.machine} that the remote saw while the machine ran nobody in time (the witness was late ${stalls.length} times, by up to ${Math.round(Math.max(0, ...stalls.map(({ from, to }) => to - from)))} ms)`,
      met: falseDowns === 0,
    },
  ];
}

/** Whether no gap before `at` was as long as the detection time. */
function sentInTime(times: readonly number[], at: number, detectionTime: number): boolean {
  const before = times.filter((time) => time <= at && time > at - 3 * detectionTime);
  return (
    before.length > 1 &&
    [...before.slice(1), at].every((time, index) => time - (before[index] ?? 0) < detectionTime - PATH_MS)
  );
}

/** Whether the witness did not run for a good part of the detection time before `at`. */
function wasStalled(stalls: readonly Stall[], at: number, detectionTime: number): boolean {
  const lost = stalls.map(({ from, to }) => Math.min(to, at) - Math.max(from, at - detectionTime));
  return lost.reduce((sum, millis) => sum + Math.max(0, millis), 0) >= STALL_SHARE * detectionTime;
}

/** The remote stops sending, one session after the other. */
async function silences(subject: Side, remote: Side): Promise<readonly Row[]> {
  await sleep(SETTLE_MS);
  subject.changes.length = 0;
  const lastSent = new Map<string, number>();
  for (const number of NUMBERS) {
    const key = `${number}`;
    const times = await remote.ask({ kind: 'silence', key });
    lastSent.set(key, times.at(-1) ?? Number.NaN);
    await sleep(SILENCE_SPACING_MS);
  }
  await sleep(SETTLE_MS);
  const ratios = subject.changes
    .filter(({ from, diagnostic }) => from === 'Up' && diagnostic === 'detection-time-expired')
    .map(({ key, at }) => (at - (lastSent.get(key) ?? Number.NaN)) / detectionTimeOf(key));
  return [
    {
      figure: 'the same: silence of the remote → down ÷ detection time: p50; p99; sessions',
      goal: `≤ ${RATIO_MAX}`,
      seen: `${spread(ratios)}; ${percentile(ratios, 0.99).toFixed(2)}; ${ratios.length} of ${NUMBERS.length}`,
      met: ratios.length === NUMBERS.length && percentile(ratios, 0.99) <= RATIO_MAX,
    },
  ];
}
