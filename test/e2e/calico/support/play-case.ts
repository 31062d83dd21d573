/** Plays an observed case with real daemons that the renderer configures, and compares the result with the file. */
import { readFileSync } from 'node:fs';
import type { Loose } from './bird1/objects.ts';
import { refuse } from './bird1/unsupported.ts';
import { awaitConvergence, STABLE_FOR_MS } from './converge.ts';
import type { RouterOptions } from './router.ts';
import { Testbed } from './testbed.ts';

const compare: string = '../../../calico/support/compare.mjs';
const { compareObserved }: { compareObserved: (observed: Loose, other: Loose) => string[] } = await import(
  compare
);

export { compareObserved };

const CASES = new URL('../../../calico/support/cases/', import.meta.url);
const FIRST_ROUTER_AS = 65_116;
const QUICK_TIMERS = { connectDelay: 1, connectRetry: 1 };

/** Time for several connection attempts of a session that must stay down. */
const STAYS_DOWN_MS = 2_500;

export const readCase = (file: string): Loose => JSON.parse(readFileSync(new URL(file, CASES), 'utf8'));

/**
 * Throws `Unsupported` where the case is beyond the renderer, and fails where daemons and file differ. `steps` says
 * whether what is done to the cluster later is played too.
 */
export async function playCase(one: Loose, steps = true): Promise<void> {
  if (one.calicoVersion) refuse(`Calico ${one.calicoVersion}`);
  if (one.bird || one.confdEnv || one.off) refuse('other ways to run the nodes');
  if ((one.routers ?? []).length > 1) refuse('more than one router');
  const options: RouterOptions = { as: FIRST_ROUTER_AS, ...one.routers?.[0] };
  let objects = acceptedObjects(one);
  const nodes = objects.filter(({ kind }) => kind === 'Node').map(({ metadata }) => metadata.name);
  const stage = new Testbed(nodes, QUICK_TIMERS);
  try {
    await stage.applyObjects(objects);
    await stage.startRouter(options);
    await convergesTo(stage, options, objects, one.observed);
    for (const step of steps ? (one.then ?? []) : []) {
      if (isUnsupportedStep(step)) return;
      objects = changed(objects, step);
      await stage.applyObjects(objects);
      await convergesTo(stage, options, objects, step.observed);
    }
  } finally {
    stage.destroy();
  }
}

/** The objects that the API server accepted. */
const acceptedObjects = (one: Loose): readonly Loose[] =>
  one.objects.filter(
    ({ kind, metadata }: Loose) =>
      !(one.observed.refusedByApi ?? []).some(
        ({ object }: Loose) => object.includes(kind) && object.includes(metadata.name),
      ),
  );

/** The renderer has no state: it does not support routes that outlive a deleted slice, nor restarts of daemons. */
const isUnsupportedStep = (step: Loose): boolean =>
  Object.keys(step).some((name) => !['says', 'apply', 'remove', 'observed'].includes(name)) ||
  (step.remove ?? []).some(({ kind }: Loose) => kind === 'EndpointSlice');

const keyOf = ({ kind, metadata }: Loose): string => `${kind} ${metadata.namespace ?? ''} ${metadata.name}`;

function changed(objects: readonly Loose[], step: Loose): readonly Loose[] {
  const replaced = new Set([...(step.apply ?? []), ...(step.remove ?? [])].map(keyOf));
  return [...objects.filter((one) => !replaced.has(keyOf(one))), ...(step.apply ?? [])];
}

const convergesTo = (
  stage: Testbed,
  options: RouterOptions,
  objects: readonly Loose[],
  observed: Loose,
): Promise<void> =>
  awaitConvergence(
    async () => compareObserved(observed, await stage.observe(options, objects)),
    () => stage.logTails(),
    stableTime(observed),
  );

const stableTime = ({ nodes }: Loose): number =>
  Object.values<Loose>(nodes).some(({ sessions }) => sessions.some(({ state }: Loose) => state === 'down'))
    ? STAYS_DOWN_MS
    : STABLE_FOR_MS;
