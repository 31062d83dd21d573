/** What the cases of BGP and of layer 2 have in common: actions on objects and speakers, and waiting for a state. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnyObject } from '../../../../controller/support/rig.ts';
import { stretched, WaitLimit } from '../../../../support/eventually.ts';
import type { SpeakerBed } from './speaker-bed.ts';

/** A state that must be reached was not, if it takes longer than this, in milliseconds of a quiet machine. */
const REACH_WITHIN_MS = 45_000;
/** A state that was reached must last this long: something that is still on its way would change it. */
const LASTS_MS = 700;
const POLL_INTERVAL_MS = 60;

/** The nodes that have a speaker. */
export const speakerNodes = (one: AnyObject): readonly string[] =>
  one.speakers ??
  one.objects
    .filter(({ kind }: AnyObject) => kind === 'Node')
    .map(({ metadata }: AnyObject) => metadata.name);

/** Performs the parts of an action that every kind of case has, and returns the others. */
export async function performCommon(
  bed: SpeakerBed,
  action: AnyObject,
  start: (node: string) => Promise<void>,
): Promise<AnyObject> {
  const { create, patch, with: change, delete: deleted, kill, stop, start: started, wait, ...rest } = action;
  if (create !== undefined) await bed.objects.create(create);
  if (patch !== undefined) await bed.objects.patch(patch, change);
  if (deleted !== undefined) await bed.objects.delete(deleted);
  if (kill !== undefined) await bed.endSpeaker(kill, 'SIGKILL');
  if (stop !== undefined) await bed.endSpeaker(stop, 'SIGTERM');
  if (started !== undefined) await start(started);
  if (wait !== undefined) await sleep(wait);
  return rest;
}

/** Waits until there are no differences, and none appears for a while. Returns those that remain when the time is up. */
export async function waitForState(
  differences: () => Promise<readonly string[]>,
  patience: number,
): Promise<readonly string[]> {
  const limit = new WaitLimit(REACH_WITHIN_MS + patience);
  let equalSince: number | null = null;
  for (;;) {
    const found = await differences();
    const now = performance.now();
    if (found.length > 0) equalSince = null;
    else equalSince ??= now;
    if (equalSince !== null && now - equalSince > stretched(LASTS_MS)) return [];
    if (found.length > 0 && limit.isOver) return found;
    await sleep(POLL_INTERVAL_MS);
  }
}
