/**
 * All Services, page by page, by a process that has just started, as the controller has when it lists: the engine
 * has compiled nothing yet, and no connection stands. Prints the milliseconds from its first word to the last page.
 */
import { BaselineClient } from './client.ts';

const PAGE_ITEMS = 500;
const PATH = `/api/v1/services?fieldSelector=spec.type%3DLoadBalancer&limit=${PAGE_ITEMS}`;

const bare = new BaselineClient(JSON.parse(process.env['BENCH_ACCESS'] ?? ''));
const startedAt = performance.now();
let token: string | undefined = '';
while (token !== undefined) {
  const more: string = token === '' ? '' : `&continue=${encodeURIComponent(token)}`;
  const page = JSON.parse(await bare.sendOrThrow('GET', `${PATH}${more}`)) as {
    metadata: { continue?: string };
  };
  token = page.metadata.continue;
}
process.stdout.write(`${performance.now() - startedAt}\n`);
process.exit(0);
