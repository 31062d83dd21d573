/**
 * Knowledge about the objects of a cluster: of each kind, whether it was read, and why not. A kind that was not read is
 * not empty: whatever is judged from it is unknown.
 */
import type { Raw } from '../base/json.ts';

export type KindState =
  /** All objects of the kind, in the scope that was asked for. */
  | 'read'
  /** The API server does not serve the kind, so there is no object of it. */
  | 'absent'
  /** The answer was 403: the user has no right to read it. */
  | 'forbidden'
  /** The answer was 401: the credentials are not valid. */
  | 'unauthorized'
  /** The answer was another error, such as 500. */
  | 'failed'
  /** There was no answer. */
  | 'unreachable'
  /** The files contain no object of the kind, which the cluster may have all the same. */
  | 'notShown';

/** What is known of one kind. */
export type KindReading = {
  /** `Service`. */
  readonly kind: string;
  readonly state: KindState;
  /** How many objects were read; null where the kind was not read. */
  readonly objects: number | null;
  /** The namespace that was read; null for the whole cluster. */
  readonly namespace: string | null;
  /** Why the kind was not read: a sentence without a full stop. Null where it was read. */
  readonly says: string | null;
};

/** The objects of one kind, whole. None for a kind that was not read. */
export type KindObjects = { readonly reading: KindReading; readonly objects: readonly Raw[] };

/** A value that depends on kinds which may not have been read. */
export type Known<T> =
  | { readonly known: true; readonly value: T }
  /** `says` ends `… is not known: `. */
  | { readonly known: false; readonly says: string };

export const known = <T>(value: T): Known<T> => ({ known: true, value });

/** Whether every object of the kind, in its scope, is known. */
export const isRead = ({ state }: Pick<KindReading, 'state'>): boolean =>
  state === 'read' || state === 'absent';

/** Whether a part of a live cluster was asked for, and not answered. What files do not show is no failure. */
export const isUnread = (reading: Pick<KindReading, 'state'>): boolean =>
  !isRead(reading) && reading.state !== 'notShown';

/**
 * Whether no kind was read, and some could not be: then nothing is known, neither a problem nor that there is none. A Lease that
 * is missing shows nothing: a server that is no API server answers the same.
 */
export const isNothingRead = (kinds: readonly Pick<KindReading, 'kind' | 'state' | 'objects'>[]): boolean =>
  kinds.some(isUnread) &&
  kinds.every(
    (one) => one.state === 'absent' || isUnread(one) || (one.kind === 'Lease' && one.objects === 0),
  );

/** A kind that nobody has asked for yet, or that files do not show. */
export const notShown = (kind: string): KindObjects => ({
  reading: {
    ...{ kind, state: 'notShown', objects: null, namespace: null },
    says: `the input has no ${kind}`,
  },
  objects: [],
});

/** `namespace` is null for the whole cluster. */
export const readKind = (
  kind: string,
  objects: readonly Raw[],
  namespace: string | null = null,
): KindObjects => ({
  reading: { kind, state: 'read', objects: objects.length, namespace, says: null },
  objects,
});
