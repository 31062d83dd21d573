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

/** What a patch takes away, and no object tells of any more: Services, and addresses that they had. */
export function departures(
  { services, time }: Pick<OverviewDocument, 'services' | 'time'>,
  patch: Pick<DocumentPatch, 'services' | 'sections'>,
): readonly RecentChange[] {
  if (patch.services?.kind !== 'changes') return [];
  const removed = new Set(patch.services.removed);
  const changed = new Map(patch.services.changed.map((one) => [one.service, one.addresses]));
  if (removed.size + changed.size === 0) return [];
  const at = patch.sections.time ?? time;
  return (services?.items ?? []).flatMap(({ service, addresses }) => {
    const now = removed.has(service) ? null : changed.get(service);
    const says = now === undefined ? null : departureOf(addresses, now);
    return says === null ? [] : [{ time: at, kind: 'Service', name: service, says }];
  });
}

/** `after` is null for a Service that is gone. Null where no address was left. */
function departureOf(before: readonly string[], after: readonly string[] | null): string | null {
  const left = before.filter((one) => after?.includes(one) !== true).join(' and ');
  if (after === null) return left === '' ? 'is gone' : `is gone, and has left ${left}`;
  if (left === '') return null;
  return after.length === 0
    ? `has left ${left}, and has no address`
    : `has left ${left}, and has ${after.join(' and ')}`;
}
