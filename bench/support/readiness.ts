/** One Service becomes ready: how long until the router is told. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SpeakerBed } from './speakerbed.ts';
import { addressOf, sliceName } from './speakerseed.ts';
import { wallNow } from './wallclock.ts';

/** Longer than the speaker gathers what comes together: each change stands for itself. */
const APART_MS = 25;

export type Waited = {
  /** Milliseconds from sending the PATCH until the router is told. */
  readonly told: number;
  /** Until a bare watch in this process has brought it: what no speaker could be earlier than. */
  readonly seen: number;
};

const WATCH_PATH = '/apis/discovery.k8s.io/v1/endpointslices?watch=true&allowWatchBookmarks=true';

export async function makeUnready(bed: SpeakerBed, port: number, service: number): Promise<void> {
  const withdrawn = bed.collector.hears(port, `${addressOf(service)}/32`, false);
  await bed.ready(service, false);
  await withdrawn;
}

export async function makeReady(bed: SpeakerBed, port: number, service: number): Promise<number> {
  const told = bed.collector.hears(port, `${addressOf(service)}/32`, true);
  const sentAt = wallNow();
  await bed.ready(service, true);
  return (await told) - sentAt;
}

/** So many Services, one after the other. */
export async function becomeReady(
  bed: SpeakerBed,
  port: number,
  { from, count }: { readonly from: number; readonly count: number },
): Promise<readonly Waited[]> {
  const waited: Waited[] = [];
  const seenAt = new Map<string, number>();
  const end = bed.bare.watch(WATCH_PATH, (_, { metadata }) => void seenAt.set(metadata.name, wallNow()));
  for (let i = 0; i < count; i++) {
    const service = (from + i) % bed.services;
    await makeUnready(bed, port, service);
    await sleep(APART_MS);
    const sentAt = wallNow();
    const told = await makeReady(bed, port, service);
    await sleep(APART_MS);
    waited.push({ told, seen: (seenAt.get(sliceName(service)) ?? Number.NaN) - sentAt });
  }
  end();
  return waited;
}
