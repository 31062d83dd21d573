/** What two documents in a row tell of Services: addresses that they got, moved to and lost, and who announces these. */
import type { OverviewDocument, ServiceOverview } from '../src/overview/document.ts';
import { diffLists } from '../src/overview/list-patch.ts';
import { changesOf } from '../src/overview/service-changes.ts';
import type { TimelineChange } from './history.ts';

type Services = Pick<OverviewDocument, 'services' | 'time'>;

const NO_CHANGES: readonly TimelineChange[] = [];

/** What one of them could not read is no change. */
export function serviceChanges(before: Services, after: Services): readonly TimelineChange[] {
  if (before.services === null || after.services === null) return NO_CHANGES;
  const [old, now] = [before.services.items, after.services.items];
  if (old === now) return NO_CHANGES;
  const { changed, removed } = diffLists(old, now, ({ service }) => service);
  if (changed.length + removed.length === 0) return NO_CHANGES;
  const known = new Map(old.map((one) => [one.service, one]));
  const { time } = after;
  return [
    ...changed.flatMap((one) => [
      ...addressChanges(known.get(one.service) ?? null, one, time),
      ...announcingChanges(known.get(one.service) ?? null, one, time),
    ]),
    ...removed.map((service): TimelineChange => {
      const left = known.get(service)?.addresses ?? [];
      const says = left.length === 0 ? 'is gone' : `is gone, and has left ${left.join(' and ')}`;
      return { time, kind: 'Service', name: service, says };
    }),
  ];
}

function addressChanges(
  before: ServiceOverview | null,
  after: ServiceOverview,
  time: string,
): readonly TimelineChange[] {
  const { service: name, addresses, pool, reason, says: because } = after;
  const had = before?.addresses ?? [];
  const left = had.filter((one) => !addresses.includes(one)).join(' and ');
  const got = addresses.filter((one) => !had.includes(one)).join(' and ');
  const change = (says: string, why: string | null): readonly TimelineChange[] => [
    { time, kind: 'Service', name, says, because: why },
  ];
  const without = `has no address${reason === null ? '' : ` (${reason})`}`;
  const from = pool === null ? '' : ` from pool ${pool}`;
  if (left !== '')
    return addresses.length === 0
      ? change(`has left ${left}, and ${without}`, because)
      : change(`has left ${left}, and has ${addresses.join(' and ')}${from}`, because);
  // A condition says since when, to the second; but it began with the first address.
  const [told] = changesOf(after).filter(({ about }) => about === 'assigned');
  if (told !== undefined && after.since !== before?.since)
    return [{ ...withoutTopic(told), because: addresses.length === 0 ? because : null }];
  if (got !== '') return change(`got ${got}${from}`, null);
  return addresses.length === 0 && reason !== null && reason !== before?.reason
    ? change(without, because)
    : NO_CHANGES;
}

function announcingChanges(
  before: ServiceOverview | null,
  after: ServiceOverview,
  time: string,
): readonly TimelineChange[] {
  const { service: name, announced, answeredBy } = after;
  const [told] = changesOf(after).filter(({ about }) => about === 'announced');
  const isNew =
    announced?.since !== before?.announced?.since || announced?.reason !== before?.announced?.reason;
  const isFailure = announced?.status === 'False';
  const changes: TimelineChange[] = [];
  // With the same status, only the reason of one that is not announced is of interest.
  if (told !== undefined && isNew && (isFailure || announced?.since !== before?.announced?.since))
    changes.push({
      ...withoutTopic(told),
      time: announced?.since === before?.announced?.since ? time : told.time,
      because: isFailure ? announced.says : null,
    });
  const answered = before?.answeredBy ?? null;
  if (answered !== answeredBy)
    changes.push({ time, kind: 'Service', name, says: answeredText(answered, answeredBy) });
  return changes;
}

function answeredText(before: string | null, after: string | null): string {
  if (after === null) return `is answered by ${before} no more`;
  return before === null ? `is answered by ${after}` : `is answered by ${after} in place of ${before}`;
}

const withoutTopic = ({ time, kind, name, says }: ReturnType<typeof changesOf>[number]): TimelineChange => ({
  ...{ time, kind, name, says },
});
