/**
 * Baseline: lists all Services in pages in a new process, as the controller does at its start: no code is compiled, and no
 * connection is open. Prints the milliseconds.
 */
import { BaselineClient } from './client.ts';

const PAGE_ITEMS = 500;
const PATH = `/api/v1/services?fieldSelector=spec.type%3DLoadBalancer&limit=${PAGE_ITEMS}`;

const client = new BaselineClient(JSON.parse(process.env['BENCH_ACCESS'] ?? ''));
const startedAt = performance.now();
let token: string | undefined = '';
while (token !== undefined) {
  const more: string = token === '' ? '' : `&continue=${encodeURIComponent(token)}`;
  const page = JSON.parse(await client.sendOrThrow('GET', `${PATH}${more}`)) as {
    metadata: { continue?: string };
  };
  token = page.metadata.continue;
}
process.stdout.write(`${performance.now() - startedAt}\n`);
process.exit(0);
