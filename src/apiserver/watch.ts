/**
 * What one watcher sees of a change: an object that starts to match its selectors arrives as ADDED, one that stops
 * leaves as DELETED with its last matching state (apiserver/pkg/storage/cacher, `watchFilterFunction`).
 */

import type { Change } from './storage.ts';
import { type JsonObject, withMeta } from './value.ts';

export type WatchType = 'ADDED' | 'MODIFIED' | 'DELETED';
export type Sight = { readonly type: WatchType; readonly object: JsonObject };
export type Matches = (object: JsonObject) => boolean;

export function sightOf(change: Change, matches: Matches): Sight | null {
  const was = change.before !== null && matches(change.before);
  if (change.type === 'DELETED') return was ? { type: 'DELETED', object: change.object } : null;
  const is = matches(change.object);
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object: change.object };
  if (!was || change.before === null) return null;
  return { type: 'DELETED', object: withMeta(change.before, { resourceVersion: String(change.revision) }) };
}

/** An object that carries nothing but how far the watcher has come. */
export const bookmarkOf = (
  of: { readonly apiVersion: string; readonly kind: string },
  revision: number,
  initialEventsEnd: boolean,
): JsonObject => ({
  kind: of.kind,
  apiVersion: of.apiVersion,
  metadata: {
    resourceVersion: String(revision),
    creationTimestamp: null,
    ...(initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
  },
});
