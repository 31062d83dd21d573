/** Plays an observed case of BGP with real speakers: its objects, then its steps, and after each waits for the observed state. */
import assert from 'node:assert/strict';
import type { AnyObject } from '../../../../controller/support/rig.ts';
import type { BgpBed, CaseRouter } from './bgp-bed.ts';
import { performCommon, speakerNodes, waitForState } from './case-steps.ts';
import { observeBgp } from './observe-bgp.ts';

const compare: string = '../../../../announce/support/compare.mjs';
const {
  wanted,
  compareState,
}: {
  wanted: (one: AnyObject) => readonly AnyObject[];
  compareState: (wanted: AnyObject, seen: AnyObject) => readonly string[];
} = await import(compare);

const DEFAULT_ROUTERS: Readonly<Record<string, CaseRouter>> = { r1: { as: 64_512 } };

/** What the case says and the speakers do otherwise: the differences of the first state that they do not reach. */
export async function playBgpCase(bed: BgpBed, one: AnyObject): Promise<readonly string[]> {
  const { objects } = bed.speakers;
  const routers: Readonly<Record<string, CaseRouter>> = one.routers ?? DEFAULT_ROUTERS;
  for (const [name, router] of Object.entries(routers)) await bed.startRouter(name, router);
  for (const object of one.objects) await objects.create(object);
  const start = (node: string): Promise<void> => bed.speakers.startSpeaker(node, one.args ?? []);
  await Promise.all(speakerNodes(one).map(start));
  const states = wanted(one);
  assert.equal(states.length, 1 + one.steps.length, 'a state for the start and for each step');
  for (const [index, state] of states.entries()) {
    const step = one.steps[index - 1];
    for (const action of step?.do ?? []) {
      const {
        routerDown,
        routerUp,
        as: changes,
        routerReset,
        abrupt,
        ...unknown
      } = await performCommon(bed.speakers, action, start);
      assert.deepEqual(unknown, {}, 'an action that cannot be played');
      if (routerDown !== undefined) await bed.collector.close(routerDown);
      if (routerUp !== undefined) await bed.startRouter(routerUp, { ...one.routers[routerUp], ...changes });
      if (routerReset !== undefined) await bed.collector.reset(routerReset, abrupt === true);
    }
    const differences = await waitForState(
      async () => compareState(state, await observeBgp(await bed.collector.sessions(), objects)),
      one.patience ?? 0,
    );
    const when = step === undefined ? 'at the start' : `after "${step.says}"`;
    if (differences.length > 0) return differences.map((difference) => `${when}: ${difference}`);
  }
  return [];
}
