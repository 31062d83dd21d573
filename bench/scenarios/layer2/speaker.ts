/**
 * A whole speaker that announces 5,000 Services by layer 2: its memory, its CPU time while nothing happens, and the delay from
 * an endpoint that becomes ready to the first ARP answer, one Service at a time. A watch of this process, which has the change as
 * early as a speaker can, shows what the API server's part of it is.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { LineProgram } from '../../../test/layer2/transport/support/line-program.ts';
import { TestNetwork } from '../../../test/support/netns/network.ts';
import { note, percentile, type Row, spread } from '../../support/figures.ts';
import type { AnswerQuestion } from '../../support/layer2/first-answer.ts';
import { cpuSeconds, residentMemory } from '../../support/process-usage.ts';
import { connectNamespace } from '../../support/speaker/network-namespace.ts';
import { addressOf, sliceName } from '../../support/speaker/seed.ts';
import { type SpeakerTestBed, startSpeakerTestBed } from '../../support/speaker/test-bed.ts';
import { NAMESPACE } from '../../support/test-bed.ts';
import { wallNow } from '../../support/wall-clock.ts';

const ASKER = new URL('../../support/layer2/first-answer.ts', import.meta.url);
const METALLB = `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}`;
const WATCH_PATH = '/apis/discovery.k8s.io/v1/endpointslices?watch=true&allowWatchBookmarks=true';
const [SERVICES, NEVER_OWNED, KNOWN] = [5000, 50, 150];
const [SETTLES_MS, IDLE_RUNS, IDLE_SECONDS, APART_MS] = [15_000, 3, 15, 25];
const RECORDED_WITHIN_SECONDS = 180;
const [MEMORY_MAX, CPU_PERCENT_MAX] = [110, 0.5];
const GOALS = { known: { p50: 10, p99: 50 }, probed: { p50: 400, p99: 500 } } as const;

export async function layer2Speaker(): Promise<readonly Row[]> {
  const network = new TestNetwork();
  const testBed = await startSpeakerTestBed();
  let asker: LineProgram | null = null;
  try {
    const host = network.namespace('host');
    connectNamespace(host.fullName, '198.19.0.1', '198.19.0.2');
    await testBed.growTo(SERVICES + NEVER_OWNED);
    for (let index = 0; index < NEVER_OWNED; index++) await testBed.setReady(SERVICES + index, false);
    await testBed.api.requestOk('POST', `${METALLB}/l2advertisements`, {
      apiVersion: 'metallb.io/v1beta1',
      kind: 'L2Advertisement',
      metadata: { name: 'all', namespace: NAMESPACE },
      spec: {},
    });
    const speaker = testBed.speaker();
    asker = new LineProgram(host, ASKER);
    await asker.next((line) => line === 'ready', 'asker');
    const asking = asker;
    const when = async (question: AnswerQuestion): Promise<number> => {
      asking.send(JSON.stringify(question));
      return Number(await asking.next(() => true, question.until));
    };
    for (let index = 0; index < SERVICES; index += 50)
      await when({ address: addressOf(index), until: 'answered' });
    note(`${SERVICES} Services are announced`);
    const rows = [await recorded(testBed), ...(await usage(speaker.pid))];
    for (const { figure, seen } of rows) note(`${figure}: ${seen}`);
    const seenAt = new Map<string, number>();
    const endWatch = testBed.baseline.watch(
      WATCH_PATH,
      (_, { metadata }) => void seenAt.set(metadata.name, wallNow()),
    );
    const delays = { known: [] as Delay[], probed: [] as Delay[] };
    for (let index = 0; index < KNOWN; index++) {
      await testBed.setReady(index, false);
      await when({ address: addressOf(index), until: 'silent' });
      delays.known.push(await delayOf(testBed, { when, seenAt }, index));
    }
    for (let index = SERVICES; index < SERVICES + NEVER_OWNED; index++)
      delays.probed.push(await delayOf(testBed, { when, seenAt }, index));
    endWatch();
    await speaker.end();
    return [...rows, ...delayRows(delays.known, 'known'), ...delayRows(delays.probed, 'probed')];
  } finally {
    asker?.kill();
    network.destroy();
    await testBed.stop();
  }
}

/** Until all records are written, or for some minutes: the speaker writes them behind its answers. */
async function recorded({ api }: SpeakerTestBed): Promise<Row> {
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  let count = 0;
  while (count < SERVICES && seconds() < RECORDED_WITHIN_SECONDS) {
    await sleep(1000);
    const { items, metadata } = await api.requestOk<{
      readonly items: readonly unknown[];
      readonly metadata: { readonly remainingItemCount?: number };
    }>('GET', `${METALLB}/servicel2statuses?limit=1`);
    count = items.length + (metadata.remainingItemCount ?? 0);
  }
  return {
    figure: `layer 2: ServiceL2Status of ${SERVICES} Services, after all are announced`,
    goal: `within ${RECORDED_WITHIN_SECONDS} s`,
    seen: `${count} after ${seconds().toFixed(0)} s`,
    met: count >= SERVICES,
  };
}

type Observers = {
  readonly when: (question: AnswerQuestion) => Promise<number>;
  /** When a watch of this process last had each slice. */
  readonly seenAt: ReadonlyMap<string, number>;
};

/** Milliseconds from sending the PATCH. */
type Delay = { readonly untilAnswer: number; readonly untilWatch: number };

async function delayOf(testBed: SpeakerTestBed, { when, seenAt }: Observers, index: number): Promise<Delay> {
  await sleep(APART_MS);
  const answeredAt = when({ address: addressOf(index), until: 'answered' });
  const sentAt = wallNow();
  await testBed.setReady(index, true);
  const untilAnswer = (await answeredAt) - sentAt;
  return { untilAnswer, untilWatch: (seenAt.get(sliceName(index)) ?? Number.NaN) - sentAt };
}

async function usage(pid: number): Promise<readonly Row[]> {
  await sleep(SETTLES_MS);
  const shares: number[] = [];
  for (let run = 0; run < IDLE_RUNS; run++) {
    const before = cpuSeconds(pid);
    await sleep(IDLE_SECONDS * 1000);
    shares.push((100 * (cpuSeconds(pid) - before)) / IDLE_SECONDS);
  }
  const { now, peak } = residentMemory(pid);
  return [
    {
      figure: `layer 2: resident, ${SERVICES} addresses announced`,
      goal: `≤ ${MEMORY_MAX} MB`,
      seen: `${now.toFixed(0)} MB; peak ${peak.toFixed(0)} MB; 1 run`,
      met: now <= MEMORY_MAX,
    },
    {
      figure: `layer 2: CPU while nothing happens, ${SERVICES} addresses announced`,
      goal: `≤ ${CPU_PERCENT_MAX} % of a core`,
      seen: `${spread(shares)} %; ${IDLE_RUNS} runs of ${IDLE_SECONDS} s`,
      met: percentile(shares, 0.5) <= CPU_PERCENT_MAX,
    },
  ];
}

function delayRows(delays: readonly Delay[], kind: keyof typeof GOALS): readonly Row[] {
  const what = kind === 'known' ? 'address known' : 'address never owned, probed first';
  return (['p50', 'p99'] as const).map((figure) => {
    const of = (time: keyof Delay): number =>
      percentile(
        delays.map((delay) => delay[time]),
        figure === 'p50' ? 0.5 : 0.99,
      );
    const seen = of('untilAnswer');
    return {
      figure: `layer 2: endpoint ready → first answer, ${SERVICES} Services, ${what}: ${figure}`,
      goal: `≤ ${GOALS[kind][figure]} ms`,
      seen: `${seen.toFixed(1)} ms; a watch has the change after ${of('untilWatch').toFixed(1)} ms; ${delays.length} Services`,
      met: seen <= GOALS[kind][figure],
    };
  });
}
