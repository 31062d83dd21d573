/**
 * Baseline: lists all Services and EndpointSlices in pages, both at once, in a new process, as the speaker does at its start.
 * Prints the milliseconds.
 */
import { BaselineClient } from './client.ts';

const PAGE_ITEMS = 500;
const PATHS = [
  '/api/v1/services?fieldSelector=spec.type%3DLoadBalancer',
  '/apis/discovery.k8s.io/v1/endpointslices?labelSelector=kubernetes.io%2Fservice-name%2C!service.kubernetes.io%2Fheadless',
];

const client = new BaselineClient(JSON.parse(process.env['BENCH_ACCESS'] ?? ''));
const startedAt = performance.now();
await Promise.all(PATHS.map(listAll));
process.stdout.write(`${performance.now() - startedAt}\n`);
process.exit(0);

async function listAll(path: string): Promise<void> {
  let token: string | undefined = '';
  while (token !== undefined) {
    const more: string = token === '' ? '' : `&continue=${encodeURIComponent(token)}`;
    const response = await client.sendOrThrow('GET', `${path}&limit=${PAGE_ITEMS}${more}`);
    token = (JSON.parse(response) as { metadata: { continue?: string } }).metadata.continue;
  }
}
