/** Simulates a case file: a cluster, its segments, and the steps done to it, in the format of the observed MetalLB cases. */
import { parseSpeakerFlags } from '../../announce/simulator/case-file.ts';
import { fieldsOf, listOf, type Raw, textsOf } from '../../base/json.ts';
import type { LegacyConfigSettings } from '../../config/legacy/config-map.ts';
import { Layer2Simulator } from './layer2-simulator.ts';
import type { Layer2Observation } from './observation.ts';

/** The observations at the start and after each step. `legacyConfig` is the speakers' `--config`. */
export function simulateLayer2Case(
  file: Raw,
  legacyConfig: LegacyConfigSettings | null = null,
): readonly Layer2Observation[] {
  const simulator = new Layer2Simulator(file, parseSpeakerFlags(textsOf(file['args'])), legacyConfig);
  const states = [simulator.observe()];
  for (const step of listOf(file['steps']).map(fieldsOf)) {
    simulator.beginStep();
    for (const action of listOf(step['do']).map(fieldsOf)) simulator.apply(action);
    states.push(simulator.observe());
  }
  return states;
}
