/** Watches one kind for the overview. Where it cannot be watched, it is listed now and then. */
import type { Clock } from '../../../base/clock.ts';
import type { Raw } from '../../../base/json.ts';
import type { ApiSender } from '../../../kube/http/api-request.ts';
import type { ApiStreamer } from '../../../kube/http/stream.ts';
import { Reflector } from '../../../kube/informer/reflector.ts';
import { namespacedNameOf } from '../../../objects/metadata.ts';
import type { KindObjects } from '../../../overview/knowledge.ts';
import { asRead } from '../as-read.ts';
import type { Collection, CollectionReader } from '../collection-reader.ts';
import { completeListItem } from '../list-item.ts';
import { FailureProbe } from './failure-probe.ts';
import { absentReading, listKind, readReading, unansweredReading } from './read-kind.ts';

export type WatchContext = {
  readonly client: ApiSender & ApiStreamer;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
};

export type KindWatchOptions = {
  readonly selection: Collection;
  /** For a list in place of the watch. */
  readonly newReading: () => CollectionReader;
};

/** Calls `changed` with a function that returns all objects, whenever something is different. */
export function watchKind(
  context: WatchContext,
  { selection, newReading }: KindWatchOptions,
  changed: (objects: () => KindObjects) => void,
): (signal: AbortSignal) => Promise<void> {
  const objects = new Map<string, Raw>();
  const replace = (items: readonly Raw[]): void => {
    objects.clear();
    for (const raw of items) objects.set(namespacedNameOf(raw), raw);
  };
  const current = (): KindObjects => ({
    reading: readReading(selection, objects.size),
    objects: [...objects.values()],
  });
  const probe = new FailureProbe(context.clock, {
    list: async (isCurrent) => {
      const listed = await listKind(newReading(), selection);
      if (!isCurrent()) return;
      replace(listed.objects);
      changed(() => listed);
    },
    unanswered: (because) => changed(() => ({ reading: unansweredReading(selection, because), objects: [] })),
  });
  const reflector = new Reflector<Raw>({
    ...context,
    ...selection,
    decode: (raw) => completeListItem(selection.resource, asRead(selection.resource, raw)),
    keyOf: namespacedNameOf,
    handler: {
      replaced: (items) => {
        replace(items);
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
      stateChanged: (state) => {
        probe.update(state);
        if (state.problem?.kind !== 'absent') return;
        objects.clear();
        changed(() => ({ reading: absentReading(selection), objects: [] }));
      },
    },
  });
  return async (signal) => {
    await reflector.run(signal);
    probe.stop();
  };
}
