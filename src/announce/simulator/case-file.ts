/** Simulates a case file: a cluster, its routers, and the steps done to it, in the format of the observed MetalLB cases. */

import { flagValue, switchValue } from '../../base/flag-value.ts';
import { fieldsOf, listOf, type Raw, textsOf } from '../../base/json.ts';
import type { LegacyConfigSettings } from '../../config/legacy/config-map.ts';
import type { SpeakerFlags } from '../decision/should-announce.ts';
import { ClusterSimulator } from './cluster-simulator.ts';
import type { ClusterObservation } from './observation.ts';
import { readSimulatedRouters } from './router.ts';

/** The observations at the start and after each step. `legacyConfig` is the speakers' `--config`. */
export function simulateCase(
  file: Raw,
  legacyConfig: LegacyConfigSettings | null = null,
): readonly ClusterObservation[] {
  const simulator = new ClusterSimulator(listOf(file['objects']).map(fieldsOf), {
    flags: parseSpeakerFlags(textsOf(file['args'])),
    routers: readSimulatedRouters(file),
    speakers: Array.isArray(file['speakers']) ? textsOf(file['speakers']) : null,
    legacyConfig,
  });
  const states = [simulator.observe()];
  for (const step of listOf(file['steps']).map(fieldsOf)) {
    for (const action of listOf(step['do']).map(fieldsOf)) simulator.apply(action);
    states.push(simulator.observe());
  }
  return states;
}

/** Flags of a MetalLB speaker that decide what it announces. */
export function parseSpeakerFlags(args: readonly string[]): SpeakerFlags {
  const ignoreExcludeLabel = switchValue(args, 'ignore-exclude-lb');
  return { lbClass: flagValue(args, 'lb-class') || null, ignoreExcludeLabel };
}
