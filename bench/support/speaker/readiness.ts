/** Delays from a ready endpoint to the UPDATE at the router. */
import { setTimeout as sleep } from 'node:timers/promises';
import { wallNow } from '../wall-clock.ts';
import { addressOf, sliceName } from './seed.ts';
import type { SpeakerTestBed } from './test-bed.ts';

/** Longer than the speaker's batch window, so that each change is reconciled by itself. */
const APART_MS = 25;

export type ReadyDelays = {
  /** Milliseconds from sending the PATCH to the UPDATE at the router. */
  readonly untilUpdate: number;
  /** Until a watch in this process has the change, which no speaker can be faster than. */
  readonly untilWatch: number;
};

const WATCH_PATH = '/apis/discovery.k8s.io/v1/endpointslices?watch=true&allowWatchBookmarks=true';

export async function makeUnready(testBed: SpeakerTestBed, port: number, service: number): Promise<void> {
  const withdrawn = testBed.collector.updateOf(port, `${addressOf(service)}/32`, false);
  await testBed.setReady(service, false);
  await withdrawn;
}

export async function makeReady(testBed: SpeakerTestBed, port: number, service: number): Promise<number> {
  const untilUpdate = testBed.collector.updateOf(port, `${addressOf(service)}/32`, true);
  const sentAt = wallNow();
  await testBed.setReady(service, true);
  return (await untilUpdate) - sentAt;
}

/** Makes `count` Services ready, one after the other. */
export async function becomeReady(
  testBed: SpeakerTestBed,
  port: number,
  { from, count }: { readonly from: number; readonly count: number },
): Promise<readonly ReadyDelays[]> {
  const delays: ReadyDelays[] = [];
  const seenAt = new Map<string, number>();
  const end = testBed.baseline.watch(
    WATCH_PATH,
    (_, { metadata }) => void seenAt.set(metadata.name, wallNow()),
  );
  for (let i = 0; i < count; i++) {
    const service = (from + i) % testBed.services;
    await makeUnready(testBed, port, service);
    await sleep(APART_MS);
    const sentAt = wallNow();
    const untilUpdate = await makeReady(testBed, port, service);
    await sleep(APART_MS);
    delays.push({ untilUpdate, untilWatch: (seenAt.get(sliceName(service)) ?? Number.NaN) - sentAt });
  }
  end();
  return delays;
}
