/** Simulates a case file: a cluster, its routers, and the steps done to it, in the format of the observed MetalLB cases. */
import { fieldsOf, listOf, type Raw, textsOf } from '../../base/json.ts';
import type { SpeakerFlags } from '../decision/should-announce.ts';
import { ClusterSimulator } from './cluster-simulator.ts';
import type { ClusterObservation } from './observation.ts';
import { readSimulatedRouters } from './router.ts';

/** The observations at the start and after each step. */
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

/** Flags of a MetalLB speaker that decide what it announces: `--name value`, `--name=value`, or with one dash as in Go. */
export function parseSpeakerFlags(args: readonly string[]): SpeakerFlags {
  let lbClass: string | null = null;
  let ignoreExcludeLabel = false;
  for (const [index, arg] of args.entries()) {
    const flag = /^--?([a-z-]+)(?:=(.*))?$/.exec(arg);
    if (flag === null) continue;
    const [, name, value] = flag;
    if (name === 'lb-class') lbClass = (value ?? args[index + 1] ?? '') || null;
    if (name === 'ignore-exclude-lb')
      ignoreExcludeLabel = value === undefined || /^(1|t|T|true|TRUE|True)$/.test(value);
  }
  return { lbClass, ignoreExcludeLabel };
}
