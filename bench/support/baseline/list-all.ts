/**
 * All Services and all EndpointSlices, page by page and both at once, by a process that has just started, as the speaker
 * has when it lists. Prints the milliseconds from its first word to the last page.
 */
import { BaselineClient } from './client.ts';

const PAGE_ITEMS = 500;
const PATHS = [
  '/api/v1/services?fieldSelector=spec.type%3DLoadBalancer',
  '/apis/discovery.k8s.io/v1/endpointslices?labelSelector=kubernetes.io%2Fservice-name%2C!service.kubernetes.io%2Fheadless',
];

const bare = new BaselineClient(JSON.parse(process.env['BENCH_ACCESS'] ?? ''));
const startedAt = performance.now();
await Promise.all(PATHS.map(listAll));
process.stdout.write(`${performance.now() - startedAt}\n`);
process.exit(0);

async function listAll(path: string): Promise<void> {
  let token: string | undefined = '';
  while (token !== undefined) {
    const more: string = token === '' ? '' : `&continue=${encodeURIComponent(token)}`;
    const answer = await bare.sendOrThrow('GET', `${path}&limit=${PAGE_ITEMS}${more}`);
    token = (JSON.parse(answer) as { metadata: { continue?: string } }).metadata.continue;
  }
}
