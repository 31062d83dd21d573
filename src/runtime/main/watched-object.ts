/** Configuration objects, of which there are few, as informers cache them: what their authors wrote, and may be read. */
import { isDeepStrictEqual } from 'node:util';
import type { Raw } from '../../base/json.ts';
import { nameOf, type ObjectVersion, userWrittenPart, versionOf } from '../../objects/metadata.ts';

export type WatchedObject = ObjectVersion & {
  readonly name: string;
  readonly raw: Raw;
};

/** Null where it has no name. */
export function toWatchedObject(raw: Raw): WatchedObject | null {
  const name = nameOf(raw);
  return name === '' ? null : { ...versionOf(raw), name, raw: userWrittenPart(raw) };
}

/** Whether an update changed only the status or bookkeeping. */
export const sameWatchedObject = (a: Pick<WatchedObject, 'raw'>, b: Pick<WatchedObject, 'raw'>): boolean =>
  isDeepStrictEqual(a.raw, b.raw);
