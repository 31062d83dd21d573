/** Into Active, to dial again after a rest, or to be dialled (RFC 4271 8.2.2). */
import type { Why } from './event.ts';
import { restDeadline } from './timing.ts';
import type { Turn } from './turn.ts';

export function waitAgain(turn: Turn, why: Why): void {
  const { session, now, chance } = turn;
  const failures = session.failures + 1;
  turn.session = { ...session, failures };
  const { role } = session.settings;
  const retryAt = role === 'listen' ? null : restDeadline(session.settings, failures, now, chance);
  turn.move({ kind: 'Active', retryAt, delayed: null }, why);
}
