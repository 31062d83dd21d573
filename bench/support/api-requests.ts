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

/** Written by the API server itself: Leases, and the addresses of Services that were put into etcd behind its back. */
const OF_THE_SERVER = new Set([
  'leases',
  'ipaddresses',
  'servicecidrs',
  'flowschemas',
  'prioritylevelconfigurations',
]);

/** Writes by what they were, such as `POST events`. */
export async function countWritesByKind(baseline: BaselineClient): Promise<ReadonlyMap<string, number>> {
  const text = await baseline.sendOrThrow('GET', '/metrics');
  const writes = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (!line.startsWith('apiserver_request_total{')) continue;
    const label = (name: string): string => new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1] ?? '';
    const isDeletion = label('verb').startsWith('DELETE');
    if ((!WRITING.has(label('verb')) && !isDeletion) || OF_THE_SERVER.has(label('resource'))) continue;
    const subresource = label('subresource');
    const kind = `${label('verb')} ${label('resource')}${subresource === '' ? '' : `/${subresource}`}`;
    writes.set(kind, (writes.get(kind) ?? 0) + Number(line.slice(line.lastIndexOf(' ') + 1)));
  }
  return writes;
}

/** Waits until nothing was written for `quietMs`, and returns the counts. */
export async function waitUntilNoWrites(
  baseline: BaselineClient,
  quietMs: number,
): Promise<ReadonlyMap<string, number>> {
  for (let before = await countWritesByKind(baseline); ; ) {
    await new Promise((resolve) => setTimeout(resolve, quietMs));
    const now = await countWritesByKind(baseline);
    if (differences(before, now).size === 0) return now;
    before = now;
  }
}

/** What was written more often, and how much more. */
export const differences = (
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> =>
  new Map(
    [...after]
      .map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );

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
