/**
 * Turns a stored change into the event of one watch: an object that begins to match the selectors is ADDED, one that
 * stops matching is DELETED, with its last matching state (apiserver/pkg/storage/cacher, `watchFilterFunction`).
 */

import type { WatchEventType } from '../../objects/watch-event-type.ts';
import type { StorageChange } from '../object/storage.ts';
import { type JsonObject, withMeta } from '../object/value.ts';

export type ServedWatchEvent = { readonly type: WatchEventType; readonly object: JsonObject };
export type Matches = (object: JsonObject) => boolean;

export function watchEventFor(change: StorageChange, matches: Matches): ServedWatchEvent | null {
  const didMatch = change.before !== null && matches(change.before);
  if (change.type === 'DELETED') return didMatch ? { type: 'DELETED', object: change.object } : null;
  const doesMatch = matches(change.object);
  if (doesMatch) return { type: didMatch ? 'MODIFIED' : 'ADDED', object: change.object };
  if (!didMatch || change.before === null) return null;
  return { type: 'DELETED', object: withMeta(change.before, { resourceVersion: String(change.revision) }) };
}

/** The object of a BOOKMARK event, which only carries a resource version. */
export const buildBookmark = (
  resource: { readonly apiVersion: string; readonly kind: string },
  revision: number,
  initialEventsEnd: boolean,
): JsonObject => ({
  kind: resource.kind,
  apiVersion: resource.apiVersion,
  metadata: {
    resourceVersion: String(revision),
    creationTimestamp: null,
    ...(initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
  },
});
