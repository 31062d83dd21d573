/**
 * Benchmarks of failover by layer 2, beside keepalived. As root. `BENCH_ROUNDS` is the number of failures of each kind, 50 unless
 * set; `BENCH_SCENES` are parts of the names of scenes, separated by commas.
 */
import { layer2Failover } from './scenarios/layer2/failover.ts';
import { layer2Handover } from './scenarios/layer2/handover.ts';
import {
  layer2FiveThousand,
  layer2HalfOfTen,
  layer2ThousandAddresses,
} from './scenarios/layer2/many-addresses.ts';
import { bench, type Row } from './support/figures.ts';

const SCENES: Readonly<Record<string, () => Promise<readonly Row[]>>> = {
  failures: layer2Failover,
  handover: layer2Handover,
  '1000-addresses': layer2ThousandAddresses,
  'half-of-ten': layer2HalfOfTen,
  '5000-services': layer2FiveThousand,
};

const selected = (process.env['BENCH_SCENES'] ?? '').split(',');

await bench(120, async () => {
  const rows: Row[] = [];
  for (const [name, scene] of Object.entries(SCENES))
    if (selected.some((part) => name.includes(part))) rows.push(...(await scene()));
  return rows;
});
