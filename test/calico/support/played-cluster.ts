/** Plays the steps of a cluster on the model, and reads the routes of a router after each. */
import type { Raw } from '../../../src/base/json.ts';
import { predictCalicoCase } from '../../../src/calico/cases/case-file.ts';
import type { CalicoObservation } from '../../../src/calico/cases/observation.ts';
import { HEALTHY } from './clusters.ts';

export const TOR = '10.10.0.1';

/** By prefix, the nodes that the router learns it from. */
export type LearnedFrom = Readonly<Record<string, readonly string[]>>;

export const learnedFrom = ({ routers }: CalicoObservation, router = TOR): LearnedFrom =>
  Object.fromEntries(
    (routers[router]?.routes ?? []).map(({ prefix, paths }) => [
      prefix,
      paths.map(({ from }) => from).sort(),
    ]),
  );

/** The observations at the start and after each step. The rest of `file` is as in a case file. */
export function play(file: Raw, ...then: readonly Raw[]): readonly CalicoObservation[] {
  const { observed, then: later } = predictCalicoCase({ objects: HEALTHY, ...file, then }, () => 1);
  return [observed, ...later.map((step) => step.observed)];
}

/** The nodes that the router learns the prefix from, at the start and after each step. */
export const history = (
  prefix: string,
  observations: readonly CalicoObservation[],
): readonly (readonly string[])[] => observations.map((one) => learnedFrom(one)[prefix] ?? []);
