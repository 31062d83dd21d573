/**
 * How long ARP and NDP answers take, with a busy main thread, beside the kernel's answers for addresses of its own. Both sides
 * have the same number of addresses on one interface, and are asked in turn.
 */
import { LineProgram } from '../../../test/layer2/transport/support/line-program.ts';
import { TestNetwork } from '../../../test/support/netns/network.ts';
import { note, percentile, type Row } from '../../support/figures.ts';
import { startNode } from '../../support/layer2/node.ts';

const PROBER = new URL('../../support/layer2/prober.ts', import.meta.url);
const QUESTIONS = 1500;
const WARM_UP = 300;
const BUSY_MILLIS = 50;
/** What MetalLB's speaker needs, by the number of addresses: 189 and 800 µs, 410 and 2,195 µs. */
const GOALS: Readonly<Record<number, { readonly p50: number; readonly p99: number }>> = {
  1000: { p50: 4.5, p99: 7.3 },
  5000: { p50: 8, p99: 19 },
};

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
  const times = (await ask(2 * QUESTIONS)).map((time) => time ?? Number.POSITIVE_INFINITY); // JSON has no infinity
  const of = (side: number): readonly number[] => times.filter((_, index) => index % 2 === side);
  const [ours, kernel] = [of(0), of(1)];
  const lost = ours.filter((time) => !Number.isFinite(time)).length;
  note(`${family}, ${count} addresses: ${lost} of ${ours.length} lost`);
  return (['p50', 'p99'] as const).map((figure) => {
    const share = figure === 'p50' ? 0.5 : 0.99;
    const goal = GOALS[count]?.[figure] ?? 0;
    const [mine, theirs] = [percentile(ours, share), percentile(kernel, share)];
    return {
      figure: `layer 2: ${family} answer, ${count} addresses, main thread busy: ${figure} ÷ the kernel's`,
      goal: `≤ ${goal}`,
      seen: `${(mine / theirs).toFixed(2)}; ${mine.toFixed(0)} and ${theirs.toFixed(0)} µs`,
      met: mine / theirs <= goal,
    };
  });
}
