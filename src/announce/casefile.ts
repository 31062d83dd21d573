/** A case file: a cluster, its routers, and what is done to it, as the observed cases of MetalLB's speaker are written. */
import { fieldsOf, listOf, type Raw, textsOf } from '../cluster/fields.ts';
import { parseFlags } from './caseflags.ts';
import type { Observed } from './observed.ts';
import { Replay } from './replay.ts';
import { readRouters } from './router.ts';

/** The states: at the start, and after each step. */
export function predictCase(file: Raw): readonly Observed[] {
  const replay = new Replay(listOf(file['objects']).map(fieldsOf), {
    flags: parseFlags(textsOf(file['args'])),
    routers: readRouters(file),
    speakers: Array.isArray(file['speakers']) ? textsOf(file['speakers']) : null,
  });
  const states = [replay.observed()];
  for (const step of listOf(file['steps']).map(fieldsOf)) {
    for (const action of listOf(step['do']).map(fieldsOf)) replay.act(action);
    states.push(replay.observed());
  }
  return states;
}
