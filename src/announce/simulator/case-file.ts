/** A case file: a cluster, its routers, and what is done to it, as the observed cases of MetalLB's speaker are written. */
import { fieldsOf, listOf, type Raw, textsOf } from '../../base/json.ts';
import { parseSpeakerFlags } from '../caseflags.ts';
import { ClusterSimulator } from './cluster-simulator.ts';
import type { ClusterObservation } from './observation.ts';
import { readSimulatedRouters } from './router.ts';

/** The states: at the start, and after each step. */
export function simulateCase(file: Raw): readonly ClusterObservation[] {
  const simulator = new ClusterSimulator(listOf(file['objects']).map(fieldsOf), {
    flags: parseSpeakerFlags(textsOf(file['args'])),
    routers: readSimulatedRouters(file),
    speakers: Array.isArray(file['speakers']) ? textsOf(file['speakers']) : null,
  });
  const states = [simulator.observe()];
  for (const step of listOf(file['steps']).map(fieldsOf)) {
    for (const action of listOf(step['do']).map(fieldsOf)) simulator.apply(action);
    states.push(simulator.observe());
  }
  return states;
}
