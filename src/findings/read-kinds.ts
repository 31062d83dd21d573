/**
 * Which kinds a check reads of a snapshot. A finding that depends on a kind which could not be read says so: an object that was not
 * seen may refute it.
 */
import type { Raw } from '../base/json.ts';

/** What the input of a check shows. */
export type KnownKinds = {
  readonly isKindKnown: (kind: string) => boolean;
  /** The input has all objects of the kind: one that it lacks does not exist. */
  readonly isKindComplete: (kind: string) => boolean;
  /** Kinds that could not be read: what they have is not known. */
  readonly unread: ReadonlySet<string>;
  readonly objectsOf: (kind: string) => readonly Raw[];
  /** The kinds that decide a computed property of the snapshot. */
  readonly decidedBy: (property: string) => readonly string[];
};

/** The snapshot, which adds to `read` the kinds that a check looks at. */
export function watchReads<Snapshot extends KnownKinds>(snapshot: Snapshot, read: Set<string>): Snapshot {
  const objectsOf = (kind: string): readonly Raw[] => {
    read.add(kind);
    return snapshot.objectsOf(kind);
  };
  return new Proxy(snapshot, {
    get(target, property) {
      if (property === 'objectsOf') return objectsOf;
      if (typeof property === 'string') for (const kind of target.decidedBy(property)) read.add(kind);
      return Reflect.get(target, property);
    },
  });
}

/** What a finding adds to its problem if it depends on kinds that could not be read; '' if it does not. */
export function judgedWithout(unread: ReadonlySet<string>, read: Iterable<string>): string {
  const kinds = [...new Set(read)].filter((kind) => unread.has(kind)).sort();
  if (kinds.length === 0) return '';
  return ` Judged without ${kinds.join(', ')}, which could not be read.`;
}
