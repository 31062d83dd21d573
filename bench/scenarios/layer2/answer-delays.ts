/**
 * The delay from an endpoint that becomes ready to the first ARP answer, one Service at a time: for an address that the node
 * answered for a moment ago, and for one that nobody did, which is probed first. A watch of this process, which has the change as
 * early as a speaker can, shows what the API server's part of it is.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { note, percentile, type Row } from '../../support/figures.ts';
import type { AnswerQuestion } from '../../support/layer2/first-answer.ts';
import { addressOf, sliceName } from '../../support/speaker/seed.ts';
import type { SpeakerTestBed } from '../../support/speaker/test-bed.ts';
import { wallNow } from '../../support/wall-clock.ts';

const WATCH_PATH = '/apis/discovery.k8s.io/v1/endpointslices?watch=true&allowWatchBookmarks=true';
const APART_MS = 25;
const GOALS = { known: { p50: 10, p99: 50 }, probed: { p50: 400, p99: 500 } } as const;

/** Asks on the segment; resolves with when that was, by `wallNow`. */
export type Ask = (question: AnswerQuestion) => Promise<number>;

/** Milliseconds from sending the PATCH. */
type Delay = { readonly untilAnswer: number; readonly untilWatch: number };

/** Services, by number: of `known` all have an endpoint, and of `probed` none has had one. */
export type MeasuredServices = { readonly known: readonly number[]; readonly probed: readonly number[] };

export async function answerDelays(
  testBed: SpeakerTestBed,
  ask: Ask,
  { known, probed }: MeasuredServices,
): Promise<readonly Row[]> {
  const seenAt = new Map<string, number>();
  const endWatch = testBed.baseline.watch(
    WATCH_PATH,
    (_, { metadata }) => void seenAt.set(metadata.name, wallNow()),
  );
  const delayOf = async (index: number): Promise<Delay> => {
    await sleep(APART_MS);
    const answeredAt = ask({ address: addressOf(index), until: 'answered' });
    const sentAt = wallNow();
    await testBed.setReady(index, true);
    const untilAnswer = (await answeredAt) - sentAt;
    return { untilAnswer, untilWatch: (seenAt.get(sliceName(index)) ?? Number.NaN) - sentAt };
  };
  const delays: Record<keyof typeof GOALS, Delay[]> = { known: [], probed: [] };
  for (const index of known) {
    await testBed.setReady(index, false);
    await ask({ address: addressOf(index), until: 'silent' });
    delays.known.push(await delayOf(index));
  }
  const rows = [...delayRows(delays.known, 'known', testBed.services)];
  for (const { figure, seen } of rows) note(`${figure}: ${seen}`);
  for (const index of probed) delays.probed.push(await delayOf(index));
  endWatch();
  return [...rows, ...delayRows(delays.probed, 'probed', testBed.services)];
}

function delayRows(delays: readonly Delay[], kind: keyof typeof GOALS, services: number): readonly Row[] {
  const what = kind === 'known' ? 'address known' : 'address never owned, probed first';
  return (['p50', 'p99'] as const).map((figure) => {
    const of = (time: keyof Delay): number =>
      percentile(
        delays.map((delay) => delay[time]),
        figure === 'p50' ? 0.5 : 0.99,
      );
    const seen = of('untilAnswer');
    return {
      figure: `layer 2: endpoint ready → first answer, ${services} Services, ${what}: ${figure}`,
      goal: `≤ ${GOALS[kind][figure]} ms`,
      seen: `${seen.toFixed(1)} ms; a watch has the change after ${of('untilWatch').toFixed(1)} ms; ${delays.length} Services`,
      met: seen <= GOALS[kind][figure],
    };
  });
}
