/** Whether objects are as they were, by what the API server says of their versions. */
import { type Raw, textOf } from '../../../base/json.ts';
import { metadataOf } from '../../../objects/metadata.ts';

type Revision = { readonly uid: string; readonly resourceVersion: string };

/** An object without a version counts as changed. */
export const isSameRevision = (a: Revision, b: Revision): boolean =>
  a.uid === b.uid && a.resourceVersion === b.resourceVersion && a.resourceVersion !== '';

/** Of two lists of one kind, in any order. */
export function haveSameRevisions(before: readonly Raw[], now: readonly Raw[]): boolean {
  if (before.length !== now.length) return false;
  const known = new Map(before.map((raw) => [revisionOf(raw).uid, revisionOf(raw)]));
  return now.every((raw) => {
    const revision = revisionOf(raw);
    const old = known.get(revision.uid);
    return old !== undefined && isSameRevision(old, revision);
  });
}

function revisionOf(raw: Raw): Revision {
  const { uid, resourceVersion } = metadataOf(raw);
  return { uid: textOf(uid), resourceVersion: textOf(resourceVersion) };
}
