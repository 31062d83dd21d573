/** What a row of the table is made of. */
import type { SessionEvent } from '../../../../src/bgp/session/event.ts';
import type { StateName } from '../../../../src/bgp/session/session.ts';
import type { Settings } from '../../../../src/bgp/session/settings.ts';
import { notification } from '../../../../src/bgp/wire/failure.ts';
import { KEEPALIVE, type Message, type Open } from '../../../../src/bgp/wire/message.ts';
import { type Bench, CEASE_RESET, OPEN, REFRESH, UPDATE } from '../bench.ts';
import type { Place } from '../places.ts';

export type Happens = (bench: Bench) => SessionEvent;

/** Sections are those of RFC 4271 where no other is named. */
export type Row = readonly [
  rfc: string,
  from: Place,
  when: string,
  happens: Happens,
  does: readonly string[],
  to: StateName,
  settings?: Partial<Settings>,
];

export const start: Happens = () => ({ kind: 'start' });
export const stop: Happens = () => ({ kind: 'stop', cease: 2, communication: '' });
export const reset: Happens = () => ({ kind: 'stop', cease: 4, communication: '' });
export const leave: Happens = () => ({ kind: 'stop', cease: null, communication: '' });
export const accepted: Happens = () => ({ kind: 'accepted' });
export const connected: Happens = ({ link }) => ({ kind: 'connected', link });
export const failed: Happens = ({ link }) => ({ kind: 'connect-failed', link, says: 'refused' });
export const closed: Happens = ({ link }) => ({ kind: 'closed', link, says: 'closed' });
export const malformed: Happens = ({ link }) => ({
  kind: 'malformed',
  link,
  failure: { notification: notification(1, 1), says: 'the marker is wrong', rfc: 'RFC 4271 6.1' },
});
export const waits: Happens = ({ link }) => ({ kind: 'outflow', link, waiting: true });
export const after =
  (millis: number): Happens =>
  (bench) => {
    bench.now += millis;
    return { kind: 'tick' };
  };

const hears =
  (message: Message): Happens =>
  ({ link }) => ({ kind: 'received', link, message });

export const open = (differing: Partial<Open> = {}): Happens => hears({ ...OPEN, ...differing });
export const notified = (code: number, subcode: number): Happens => hears(notification(code, subcode));
export const keepalive = hears(KEEPALIVE);
export const update = hears(UPDATE);
export const refresh = hears(REFRESH);
export const ceased = hears(CEASE_RESET);

/** The same over the second connection. */
export const rivals =
  (happens: Happens): Happens =>
  (bench) => ({ ...happens(bench), link: bench.rival });

/** The same over a connection that was let go. */
export const strays =
  (happens: Happens): Happens =>
  (bench) => ({ ...happens(bench), link: 99 });

/** An identifier lower than ours, so that our connection stays. */
export const LOW = { routerId: 0x0a000000 };
