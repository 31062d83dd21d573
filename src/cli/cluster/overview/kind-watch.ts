/** Watches one kind for the overview. While the watch fails, what it brought before is not taken for true. */
import type { Clock } from '../../../base/clock.ts';
import type { Raw } from '../../../base/json.ts';
import type { ApiSender } from '../../../kube/http/api-request.ts';
import type { ApiStreamer } from '../../../kube/http/stream.ts';
import type { ResourceSelection } from '../../../kube/informer/list.ts';
import { Reflector, type ReflectorState } from '../../../kube/informer/reflector.ts';
import { namespacedNameOf, withoutBookkeeping } from '../../../objects/metadata.ts';
import type { KindObjects, KindReading } from '../../../overview/knowledge.ts';
import { completeListItem } from '../list-item.ts';
import { readReading } from './read-kind.ts';

export type WatchContext = {
  readonly client: ApiSender & ApiStreamer;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
};

/** The state of a kind that is watched. A watch that fails is `failed`, whatever the reason. */
export function watchReading(
  selection: ResourceSelection,
  { problem }: Pick<ReflectorState, 'problem'>,
  objects: number,
): KindReading {
  const reading = readReading(selection, objects);
  if (problem === null) return reading;
  if (problem.kind === 'absent') return { ...reading, state: 'absent', objects: 0 };
  const says = `${selection.resource.plural} cannot be watched: ${problem.because}`;
  return { ...reading, state: 'failed', objects: null, says };
}

/** Calls `changed` with all objects, or none, whenever something is different. */
export function watchKind(
  context: WatchContext,
  selection: ResourceSelection,
  changed: (objects: () => KindObjects) => void,
): (signal: AbortSignal) => Promise<void> {
  const objects = new Map<string, Raw>();
  let state: Pick<ReflectorState, 'problem'> = { problem: null };
  const current = (): KindObjects => {
    const reading = watchReading(selection, state, objects.size);
    return { reading, objects: reading.state === 'read' ? [...objects.values()] : [] };
  };
  const reflector = new Reflector<Raw>({
    ...context,
    ...selection,
    decode: (raw) => completeListItem(selection.resource, withoutBookkeeping(raw)),
    keyOf: namespacedNameOf,
    handler: {
      replaced: (items) => {
        objects.clear();
        for (const raw of items) objects.set(namespacedNameOf(raw), raw);
        changed(current);
      },
      changed: (raw) => {
        objects.set(namespacedNameOf(raw), raw);
        changed(current);
      },
      deleted: (key) => {
        objects.delete(key);
        changed(current);
      },
      stateChanged: (next) => {
        const isSame = JSON.stringify(next.problem) === JSON.stringify(state.problem);
        state = next;
        if (!isSame) changed(current);
      },
    },
  });
  return (signal) => reflector.run(signal);
}
