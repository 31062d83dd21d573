/**
 * How long ARP and NDP answers take, with a busy main thread, beside the kernel's answers for addresses of its own. Both sides
 * have the same number of addresses on one interface, and are asked in turn.
 */
import { LineProgram } from '../../../test/layer2/transport/support/line-program.ts';
import { TestNetwork } from '../../../test/support/netns/network.ts';
import { median, note, percentile, type Row, spread } from '../../support/figures.ts';
import { startNode } from '../../support/layer2/node.ts';

const PROBER = new URL('../../support/layer2/prober.ts', import.meta.url);
const QUESTIONS = 1500;
const WARM_UP = 300;
const BUSY_MILLIS = 50;
/** By the number of addresses. MetalLB's speaker, whose main thread was idle, has 4.5 and 7.3; 8 and 19. */
const GOALS: Readonly<Record<number, { readonly p50: number; readonly p99: number }>> = {
  1000: { p50: 3, p99: 7 },
  5000: { p50: 3, p99: 15 },
};
const RUNS = 3;
const SHARES = { p50: 0.5, p99: 0.99 } as const;

type Family = 'ARP' | 'NDP';

const hex = (index: number): string => index.toString(16);

const addressOf: Readonly<Record<Family, (side: 'ours' | 'kernel', index: number) => string>> = {
  ARP: (side, index) => `10.${side === 'ours' ? 1 : 2}.${index >> 8}.${index & 255}`,
  NDP: (side, index) => `2001:db8:${side === 'ours' ? 1 : 2}::${hex(index + 1)}`,
};

export async function layer2Answers(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const count of [1000, 5000]) rows.push(...(await answersWith(count)));
  return rows;
}

async function answersWith(count: number): Promise<readonly Row[]> {
  const network = new TestNetwork();
  try {
    const families = ['ARP', 'NDP'] as const;
    const all = (side: 'ours' | 'kernel'): string[] =>
      families.flatMap((family) =>
        Array.from({ length: count }, (_, index) => addressOf[family](side, index)),
      );
    const kernelAddresses = all('kernel').map((text) => `${text}/${text.includes(':') ? 128 : 32}`);
    const bed = await startNode(network, kernelAddresses);
    await bed.own(all('ours'));
    bed.send({ kind: 'busy', millis: BUSY_MILLIS });
    const prober = new LineProgram(bed.host, PROBER);
    try {
      await prober.next((line) => line.includes(':'), 'prober');
      const rows: Row[] = [];
      for (const family of families) rows.push(...(await askAll(prober, family, count)));
      return rows;
    } finally {
      prober.kill();
      bed.stop();
    }
  } finally {
    network.destroy();
  }
}

async function askAll(prober: LineProgram, family: Family, count: number): Promise<readonly Row[]> {
  const source = family === 'ARP' ? '192.0.2.1' : '2001:db8::1';
  const ask = async (questions: number): Promise<readonly number[]> => {
    const addresses = Array.from({ length: questions }, (_, index) =>
      addressOf[family](index % 2 === 0 ? 'ours' : 'kernel', (index * 7) % count),
    );
    prober.send(JSON.stringify({ addresses, source, pauseMillis: 1 }));
    return JSON.parse(await prober.next((line) => line.startsWith('['), 'times'));
  };
  await ask(WARM_UP);
  const runs: (readonly [ours: readonly number[], kernel: readonly number[]])[] = [];
  for (let run = 0; run < RUNS; run++) {
    const times = (await ask(2 * QUESTIONS)).map((time) => time ?? Number.POSITIVE_INFINITY); // JSON has no infinity
    const of = (side: number): readonly number[] => times.filter((_, index) => index % 2 === side);
    runs.push([of(0), of(1)]);
    const lost = of(0).filter((time) => !Number.isFinite(time)).length;
    note(`${family}, ${count} addresses: ${lost} of ${QUESTIONS} lost`);
  }
  return (['p50', 'p99'] as const).map((figure) => {
    const of = (side: 0 | 1): readonly number[] => runs.map((run) => percentile(run[side], SHARES[figure]));
    const [ours, kernel] = [of(0), of(1)];
    const ratios = ours.map((time, run) => time / (kernel[run] ?? Number.NaN));
    const goal = GOALS[count]?.[figure] ?? 0;
    return {
      figure: `layer 2: ${family} answer, ${count} addresses, main thread busy: ${figure} ÷ the kernel's`,
      goal: `≤ ${goal}`,
      seen: `${spread(ratios)}; ${spread(ours)} and ${spread(kernel)} µs; ${RUNS} runs of ${QUESTIONS}`,
      met: median(ratios) <= goal,
    };
  });
}
