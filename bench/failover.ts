/**
 * Benchmarks of failover by layer 2, beside keepalived. As root. `BENCH_ROUNDS` is the number of failures of each kind, 50 unless
 * set; `BENCH_SCENES` are parts of the names of scenes, separated by commas.
 */
import { layer2Failover } from './scenarios/layer2/failover.ts';
import { bench, type Row } from './support/figures.ts';

const SCENES: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  failover: layer2Failover,
};

const selected = (process.env['BENCH_SCENES'] ?? '').split(',');

await bench(60, async () => {
  const rows: Row[] = [];
  for (const [name, scene] of Object.entries(SCENES))
    if (selected.some((part) => name.includes(part))) rows.push(...(await scene()));
  return rows;
});
