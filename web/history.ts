/** What a page remembers of the changes since it was opened: those that documents tell of, and Services that are gone. */
import type { OverviewDocument, RecentChange } from '../src/overview/document.ts';
import type { DocumentPatch } from '../src/overview/document-patch.ts';

/** The oldest are forgotten. */
export const HISTORY_MAX = 500;

/** The most recent first; of those of one time, the latest that came. */
export function remember(
  history: readonly RecentChange[],
  changes: readonly RecentChange[],
): readonly RecentChange[] {
  const known = new Set(history.map(keyOfChange));
  const fresh = changes.filter((change) => !known.has(keyOfChange(change)));
  if (fresh.length === 0) return history;
  return [...fresh, ...history]
    .sort((a, b) => (a.time < b.time ? 1 : Number(a.time > b.time) * -1))
    .slice(0, HISTORY_MAX);
}

export const keyOfChange = ({ time, kind, name, says }: RecentChange): string =>
  `${time} ${kind} ${name} ${says}`;

/** Services that a patch takes away: no object tells of them any more. */
export function departures(
  { services, time }: Pick<OverviewDocument, 'services' | 'time'>,
  patch: Pick<DocumentPatch, 'services' | 'sections'>,
): readonly RecentChange[] {
  if (patch.services?.kind !== 'changes' || patch.services.removed.length === 0) return [];
  const removed = new Set(patch.services.removed);
  const at = patch.sections.time ?? time;
  return (services?.items ?? [])
    .filter(({ service }) => removed.has(service))
    .map(({ service, addresses }) => ({
      ...{ time: at, kind: 'Service', name: service },
      says: addresses.length === 0 ? 'is gone' : `is gone, and has left ${addresses.join(' and ')}`,
    }));
}
