/** A stretch of changes at a steady rate, with samples of something each minute. */
import { setTimeout as sleep } from 'node:timers/promises';
import { note } from '../../support/figures.ts';
import type { Patch } from './patch-service.ts';

/** Of the changes, as a controller writes them. */
const REASONS = ['Assigned', 'ForeignAddress', 'Layer2Only'];

const IN_FLIGHT_MAX = 20;

export type Stretch<T> = {
  readonly patch: Patch;
  readonly services: number;
  readonly perSecond: number;
  readonly minutes: number;
  /** Called each minute, or four times in a shorter stretch; the changes go on meanwhile. */
  readonly sample: (minute: number) => Promise<T>;
};

/** All samples in their order; the first is of the end of the first part. */
export async function stretch<T>(of: Stretch<T>): Promise<readonly T[]> {
  const samples: Promise<T>[] = [];
  const inFlight = new Set<Promise<void>>();
  const changes = Math.round(of.minutes * 60 * of.perSecond);
  const every = Math.min(60 * of.perSecond, Math.ceil(changes / 4));
  const begin = performance.now();
  for (let change = 1; change <= changes; change++) {
    const reason = REASONS[change % REASONS.length] ?? '';
    const sent = of.patch(change % of.services, { reason, says: `Changed the time ${change}.` });
    inFlight.add(sent);
    // Answers to several may be under way, so a machine with other work keeps the rate.
    sent.finally(() => inFlight.delete(sent)).catch(() => undefined);
    if (inFlight.size >= IN_FLIGHT_MAX) await Promise.race(inFlight);
    if (change % every === 0) samples.push(of.sample((performance.now() - begin) / 60_000));
    await sleep(Math.max(0, begin + (change * 1000) / of.perSecond - performance.now()));
  }
  await Promise.all(inFlight);
  note(`${changes} changes in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
  return Promise.all(samples);
}
