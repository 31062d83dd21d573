/** What a change of the timeline is about, and when it was. */
import type { TimelineChange } from './history.ts';

export const TOPICS = ['addresses', 'announcing', 'leaders', 'configuration'] as const;
export type Topic = (typeof TOPICS)[number];

const ANNOUNCERS: ReadonlySet<string> = new Set(['Speaker', 'SpeakerStatus', 'Router']);
const LEADERS: ReadonlySet<string> = new Set(['Lease', 'Controller']);
const ANNOUNCED = /^is (not )?(announced|answered)/;

export function topicOf({ kind, says }: Pick<TimelineChange, 'kind' | 'says'>): Topic {
  if (kind === 'Service') return ANNOUNCED.test(says) ? 'announcing' : 'addresses';
  if (ANNOUNCERS.has(kind)) return 'announcing';
  return LEADERS.has(kind) ? 'leaders' : 'configuration';
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** The time of day in the zone of the reader, with the day where it is another one than today. `time` as it is where it cannot be read. */
export function clockText(time: string, now: string): string {
  const [at, today] = [new Date(time), new Date(now)];
  if (Number.isNaN(at.getTime())) return time;
  const isToday = at.toDateString() === today.toDateString();
  return isToday ? CLOCK.format(at) : `${DAY.format(at)} ${CLOCK.format(at)}`;
}
