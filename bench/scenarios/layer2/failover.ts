/**
 * How long a failure of the node that answers takes: until another node's first gratuitous ARP, and how long two answered at
 * once. Beside keepalived, which is disturbed in turn on a segment of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { provideKeepalived } from '../../../dev/parts/network.mjs';
import { note, percentile, type Row } from '../../support/figures.ts';
import {
  type FailoverSubject,
  type FailoverTimes,
  type FailureKind,
  failoverRound,
} from '../../support/layer2/failover-round.ts';
import { KeepalivedBed } from '../../support/layer2/keepalived.ts';
import { SpeakersBed } from '../../support/layer2/speakers.ts';
import { addressOf } from '../../support/speaker/seed.ts';

const [NODES, SERVICES] = [3, 10];
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 50);
const GOAL_MS = { p50: 700, p99: 1000, overlap: 500 };
/** keepalived takes a moment to see that its interface is back. */
const KEEPALIVED_READY_MS = 1500;

/** Rounds between two looks at the figures so far. */
const SHOWN_EVERY = 5;

const KINDS: readonly FailureKind[] = ['killed', 'link down', 'frozen'];

type Times = { readonly ours: FailoverTimes[]; readonly theirs: FailoverTimes[] };

/** In each round one failure of each kind, so that a run that is cut short has figures of all. */
export async function layer2Failover(): Promise<readonly Row[]> {
  const missing = await provideKeepalived();
  if (missing !== null) note(`without keepalived: ${missing}`);
  const bed = await SpeakersBed.start({ nodes: NODES, services: SERVICES });
  const other = missing === null ? new KeepalivedBed(NODES) : null;
  try {
    const times: Record<FailureKind, Times> = {
      killed: { ours: [], theirs: [] },
      'link down': { ours: [], theirs: [] },
      frozen: { ours: [], theirs: [] },
    };
    for (let round = 1; round <= ROUNDS; round++) {
      for (const kind of KINDS) {
        const { ours, theirs } = times[kind];
        // Each on a segment of its own, and both mostly wait.
        await Promise.all([
          failoverRound(berth(bed), kind).then((one) => ours.push(one)),
          other === null ? null : failoverRound(keepalived(other), kind).then((one) => theirs.push(one)),
        ]);
      }
      if (round % SHOWN_EVERY === 0 && round < ROUNDS)
        for (const { figure, seen } of allRows(times)) note(`${figure}: ${seen}`);
    }
    return allRows(times);
  } finally {
    other?.stop();
    await bed.stop();
  }
}

function allRows(times: Readonly<Record<FailureKind, Times>>): readonly Row[] {
  const ours = KINDS.flatMap((kind) => times[kind].ours);
  const longest = (value: 'silence' | 'overlap'): number => Math.max(...ours.map((one) => one[value]));
  return [
    ...KINDS.flatMap((kind) => rowsOf(kind, times[kind])),
    {
      figure: `layer 2: two answerers at once, longest of ${ours.length} failures`,
      goal: `≤ ${GOAL_MS.overlap} ms`,
      seen: `${longest('overlap').toFixed(0)} ms`,
      met: longest('overlap') <= GOAL_MS.overlap,
    },
    {
      figure: `layer 2: nobody answered, longest of ${ours.length} failures`,
      goal: '',
      seen: `${longest('silence').toFixed(0)} ms, between questions of 10 ms`,
      met: null,
    },
  ];
}

function rowsOf(kind: FailureKind, { ours, theirs }: Times): readonly Row[] {
  const announced = (times: readonly FailoverTimes[]): readonly number[] => times.map((one) => one.announced);
  return (['p50', 'p99'] as const).map((figure) => {
    const share = figure === 'p50' ? 0.5 : 0.99;
    const [mine, other] = [percentile(announced(ours), share), percentile(announced(theirs), share)];
    const isBehind = theirs.length > 0 && mine > other;
    return {
      figure: `layer 2: owner ${kind} → first gratuitous ARP of another node, ${ours.length} rounds: ${figure}; keepalived`,
      goal: `≤ ${GOAL_MS[figure]} ms; not behind`,
      seen: `${mine.toFixed(0)} ms; ${theirs.length > 0 ? `${other.toFixed(0)} ms` : 'not there'}`,
      met: mine <= GOAL_MS[figure] && !isBehind,
    };
  });
}

const berth = (bed: SpeakersBed): FailoverSubject => ({
  ...{ name: 'Berth', address: addressOf(0), recorder: bed.segment.recorder },
  fail(node, kind) {
    if (kind === 'link down') bed.segment.setCable(node, 'down');
    else bed.signal(node, kind === 'killed' ? 'SIGKILL' : 'SIGSTOP');
  },
  async recover(node, kind) {
    if (kind === 'link down') bed.segment.setCable(node, 'up');
    else if (kind === 'frozen') bed.signal(node, 'SIGCONT');
    else bed.startSpeaker(node);
    await bed.linked();
  },
});

const keepalived = (bed: KeepalivedBed): FailoverSubject => ({
  ...{ name: 'keepalived', address: bed.address, recorder: bed.segment.recorder },
  fail(node, kind) {
    if (kind === 'link down') bed.segment.setCable(node, 'down');
    else bed.signal(node, kind === 'killed' ? 'SIGKILL' : 'SIGSTOP');
  },
  async recover(node, kind) {
    if (kind === 'link down') bed.segment.setCable(node, 'up');
    else if (kind === 'frozen') bed.signal(node, 'SIGCONT');
    else {
      bed.removeAddress(node);
      bed.start(node);
    }
    await sleep(KEEPALIVED_READY_MS);
  },
});
