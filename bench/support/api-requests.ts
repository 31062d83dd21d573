/** Write requests, from the metrics of the API server. */
import type { BaselineClient } from './baseline/client.ts';

export type Writes = {
  /** To the status of Services. */
  readonly services: number;
  /** To Services themselves, without creations: only the benchmark makes any. */
  readonly serviceObjects: number;
  readonly pools: number;
  readonly events: number;
};

const NONE: Writes = { services: 0, serviceObjects: 0, pools: 0, events: 0 };
const WRITING = new Set(['PATCH', 'PUT', 'POST', 'APPLY']);

/** Since the start of the API server, including refused requests. */
export async function countWrites(baseline: BaselineClient): Promise<Writes> {
  const text = await baseline.sendOrThrow('GET', '/metrics');
  const writes = { ...NONE };
  for (const line of text.split('\n')) {
    if (!line.startsWith('apiserver_request_total{')) continue;
    const label = (name: string): string => new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1] ?? '';
    if (!WRITING.has(label('verb'))) continue;
    const count = Number(line.slice(line.lastIndexOf(' ') + 1));
    const resource = label('resource');
    if (resource === 'services' && label('subresource') === 'status') writes.services += count;
    else if (resource === 'services' && label('verb') !== 'POST') writes.serviceObjects += count;
    else if (resource === 'ipaddresspools' && label('subresource') === 'status') writes.pools += count;
    else if (resource === 'events') writes.events += count;
  }
  return writes;
}

export const writesBetween = (before: Writes, after: Writes): Writes => ({
  services: after.services - before.services,
  serviceObjects: after.serviceObjects - before.serviceObjects,
  pools: after.pools - before.pools,
  events: after.events - before.events,
});

/** Waits until nothing was written for `quietMs`, and returns the counts. */
export async function waitUntilQuiet(baseline: BaselineClient, quietMs = 2500): Promise<Writes> {
  let before = await countWrites(baseline);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, quietMs));
    const now = await countWrites(baseline);
    if (Object.values(writesBetween(before, now)).every((count) => count === 0)) return now;
    before = now;
  }
}
