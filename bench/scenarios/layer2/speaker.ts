/**
 * A whole speaker that announces 5,000 Services by layer 2: until it has taken them all, and written so. Then it is restarted, as
 * in a cluster that has run for long: its memory, its CPU time and its writes while nothing happens, and how soon it answers.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { LineProgram } from '../../../test/layer2/transport/support/line-program.ts';
import { TestNetwork } from '../../../test/support/netns/network.ts';
import { countWritesByKind, differences } from '../../support/api-requests.ts';
import { note, percentile, type Row, spread } from '../../support/figures.ts';
import { cpuSeconds, residentMemory } from '../../support/process-usage.ts';
import { connectNamespace } from '../../support/speaker/network-namespace.ts';
import { addressOf } from '../../support/speaker/seed.ts';
import { type SpeakerTestBed, startSpeakerTestBed } from '../../support/speaker/test-bed.ts';
import { NAMESPACE } from '../../support/test-bed.ts';
import { type Ask, answerDelays } from './answer-delays.ts';

const ASKER = new URL('../../support/layer2/first-answer.ts', import.meta.url);
const METALLB = `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}`;
/** For a smaller run: `BENCH_SHARE=0.1`. */
const SHARE = Number(process.env['BENCH_SHARE'] ?? 1);
const share = (count: number): number => Math.max(1, Math.round(count * SHARE));
const [SERVICES, NEVER_OWNED, KNOWN] = [share(5000), share(50), share(150)];
/** Of the Services, each of which is asked for until it is answered. */
const SAMPLE = 100;
const [SETTLES_MS, IDLE_RUNS, IDLE_SECONDS] = [25_000, 4, share(15)];
const RECORDED_WITHIN_SECONDS = 180;
const [MEMORY_MAX, CPU_PERCENT_MAX] = [110, 0.5];

const numbers = (from: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => from + index);

export async function layer2Speaker(): Promise<readonly Row[]> {
  const network = new TestNetwork();
  const testBed = await startSpeakerTestBed();
  let asker: LineProgram | null = null;
  const rows: Row[] = [];
  /** Each as soon as it is known: what comes later may take long. */
  const add = (...more: readonly Row[]): void => {
    for (const { figure, seen } of more) note(`${figure}: ${seen}`);
    rows.push(...more);
  };
  try {
    const host = network.namespace('host');
    connectNamespace(host.fullName, '198.19.0.1', '198.19.0.2');
    await testBed.growTo(SERVICES + NEVER_OWNED);
    for (const index of numbers(SERVICES, NEVER_OWNED)) await testBed.setReady(index, false);
    await testBed.api.requestOk('POST', `${METALLB}/l2advertisements`, {
      apiVersion: 'metallb.io/v1beta1',
      kind: 'L2Advertisement',
      metadata: { name: 'all', namespace: NAMESPACE },
      spec: {},
    });
    asker = new LineProgram(host, ASKER);
    await asker.next((line) => line === 'ready', 'asker');
    const asking = asker;
    const ask: Ask = async (question) => {
      asking.send(JSON.stringify(question));
      return Number(await asking.next(() => true, `${question.address} ${question.until}`));
    };
    const first = testBed.speaker();
    add(await announced(ask, 'all are announced, by a speaker that has none'), await recorded(testBed));
    await first.end();
    const speaker = testBed.speaker();
    add(await announced(ask, 'all are announced, by one that had them before'));
    add(...(await usage(testBed, speaker.pid)));
    const services = { known: numbers(0, KNOWN), probed: numbers(SERVICES, NEVER_OWNED) };
    rows.push(...(await answerDelays(testBed, ask, services)));
    await speaker.end();
    return rows;
  } finally {
    asker?.kill();
    network.destroy();
    await testBed.stop();
  }
}

/** Until a sample of the addresses is answered for, since the start of the process a moment ago. */
async function announced(ask: Ask, what: string): Promise<Row> {
  const startedAt = performance.now();
  const step = Math.ceil(SERVICES / SAMPLE);
  for (let index = 0; index < SERVICES; index += step)
    await ask({ address: addressOf(index), until: 'answered' });
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    figure: `layer 2: start of the process → ${what}: ${SERVICES} addresses`,
    goal: '',
    seen: `${seconds.toFixed(1)} s`,
    met: null,
  };
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

/** Of a speaker that was restarted: its start is over when it has settled. */
async function usage({ baseline }: SpeakerTestBed, pid: number): Promise<readonly Row[]> {
  await sleep(SETTLES_MS);
  const before = await countWritesByKind(baseline);
  const shares: number[] = [];
  for (let run = 0; run < IDLE_RUNS; run++) {
    const used = cpuSeconds(pid);
    await sleep(IDLE_SECONDS * 1000);
    shares.push((100 * (cpuSeconds(pid) - used)) / IDLE_SECONDS);
  }
  const { now, peak } = residentMemory(pid);
  const written = [...differences(before, await countWritesByKind(baseline))];
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
    {
      figure: `layer 2: writes to the API in ${IDLE_RUNS * IDLE_SECONDS} s in which nothing happens`,
      goal: '0',
      seen: written.length === 0 ? '0' : written.map(([kind, count]) => `${count} ${kind}`).join(', '),
      met: written.length === 0,
    },
  ];
}
