/** Plays an observed case with real speakers: its objects, then its steps, and after each waits for the observed state. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnyObject } from '../../../../controller/support/rig.ts';
import { stretched, WaitLimit } from '../../../../support/eventually.ts';
import type { CaseBed, CaseRouter } from './case-bed.ts';
import { observeBgp } from './observe-bgp.ts';

const compare: string = '../../../../announce/support/compare.mjs';
const {
  wanted,
  compareState,
}: {
  wanted: (one: AnyObject) => readonly AnyObject[];
  compareState: (wanted: AnyObject, seen: AnyObject) => readonly string[];
} = await import(compare);

/** A state that must be reached was not, if it takes longer than this, in milliseconds of a quiet machine. */
const REACH_WITHIN_MS = 45_000;
/** A state that was reached must last this long: something that is still on its way would change it. */
const LASTS_MS = 700;
const POLL_INTERVAL_MS = 60;

const DEFAULT_ROUTERS: Readonly<Record<string, CaseRouter>> = { r1: { as: 64_512 } };

/** What the case says and the speakers do otherwise: the differences of the first state that they do not reach. */
export async function playCase(bed: CaseBed, one: AnyObject): Promise<readonly string[]> {
  const routers: Readonly<Record<string, CaseRouter>> = one.routers ?? DEFAULT_ROUTERS;
  for (const [name, router] of Object.entries(routers)) await bed.startRouter(name, router);
  for (const object of one.objects) await bed.objects.create(object);
  const nodes = one.objects.filter(({ kind }: AnyObject) => kind === 'Node');
  const speakers: readonly string[] = one.speakers ?? nodes.map(({ metadata }: AnyObject) => metadata.name);
  await Promise.all(speakers.map((node) => bed.startSpeaker(node, one.args ?? [])));
  const states = wanted(one);
  assert.equal(states.length, 1 + one.steps.length, 'a state for the start and for each step');
  for (const [index, state] of states.entries()) {
    const step = one.steps[index - 1];
    for (const action of step?.do ?? []) await perform(bed, action, one);
    const differences = await waitForState(bed, state, one.patience ?? 0);
    const when = step === undefined ? 'at the start' : `after "${step.says}"`;
    if (differences.length > 0) return differences.map((difference) => `${when}: ${difference}`);
  }
  return [];
}

/** One action of a step; an unknown one fails the case. */
async function perform(bed: CaseBed, action: AnyObject, one: AnyObject): Promise<void> {
  const { create, patch, with: change, delete: deleted, kill, stop, start } = action;
  const { routerDown, routerUp, as: changes, routerReset, abrupt, wait, ...unknown } = action;
  for (const known of ['create', 'patch', 'with', 'delete', 'kill', 'stop', 'start']) delete unknown[known];
  assert.deepEqual(unknown, {}, 'an action that cannot be played');
  if (create !== undefined) await bed.objects.create(create);
  if (patch !== undefined) await bed.objects.patch(patch, change);
  if (deleted !== undefined) await bed.objects.delete(deleted);
  if (kill !== undefined) await bed.endSpeaker(kill, 'SIGKILL');
  if (stop !== undefined) await bed.endSpeaker(stop, 'SIGTERM');
  if (start !== undefined) await bed.startSpeaker(start, one.args ?? []);
  if (routerDown !== undefined) await bed.collector.close(routerDown);
  if (routerUp !== undefined) await bed.startRouter(routerUp, { ...one.routers[routerUp], ...changes });
  if (routerReset !== undefined) await bed.collector.reset(routerReset, abrupt === true);
  if (wait !== undefined) await sleep(wait);
}

/** Waits until the state is as it should be, and stays so. Returns the differences that remain when the time is up. */
async function waitForState(bed: CaseBed, state: AnyObject, patience: number): Promise<readonly string[]> {
  const limit = new WaitLimit(REACH_WITHIN_MS + patience);
  let equalSince: number | null = null;
  for (;;) {
    const differences = compareState(state, await observeBgp(await bed.collector.sessions(), bed.objects));
    const now = performance.now();
    if (differences.length > 0) equalSince = null;
    else equalSince ??= now;
    if (equalSince !== null && now - equalSince > stretched(LASTS_MS)) return [];
    if (differences.length > 0 && limit.isOver) return differences;
    await sleep(POLL_INTERVAL_MS);
  }
}
