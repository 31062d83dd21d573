/** Event 2: over whatever connection an OPEN has gone, its peer is told; the session stays down until it is started. */
import type { Notification } from '../wire/message.ts';
import { shutdown } from '../wire/notification.ts';
import { lastWord } from './restart.ts';
import { isUp, linksOf } from './session.ts';
import { because, type Turn } from './turn.ts';

export function stop(turn: Turn, cease: number | null, communication: string): void {
  const { session } = turn;
  const { phase } = session;
  const waiting = phase.kind === 'Connect' || phase.kind === 'Active';
  const last = cease === null ? null : lastWord(phase, shutdown(cease, communication));
  let sent: Notification | null = null;
  for (const link of linksOf(session)) {
    const word = isUp(session, link) && !waiting ? last : null;
    turn.dismiss(link, word);
    sent ??= word;
  }
  turn.end(because('stopped', 'it was stopped', { sent }), 'stopped');
}
