/** The BGP sessions that an edit opens, closes and starts again. */
import type { Peer } from '../../announce/config/peers.ts';
import { isSameSession } from '../../announce/routes/desired-routes.ts';
import { compareText } from '../../base/text.ts';
import { formatAddress } from '../../net/address.ts';
import type { SpeakerAnnouncements } from '../announcements.ts';

export type SessionChange = {
  readonly peer: string;
  /** Address of the router. */
  readonly router: string;
  /** `restarts`: it ends and is established again, since its settings change. */
  readonly change: 'opens' | 'closes' | 'restarts';
  /** In the order of names. */
  readonly nodes: readonly string[];
};

type Session = { readonly node: string; readonly peer: Peer };

/** By peer, router and change. */
export function sessionChanges(
  before: SpeakerAnnouncements,
  after: SpeakerAnnouncements,
): readonly SessionChange[] {
  const [was, is] = [sessionsOf(before), sessionsOf(after)];
  const changes = new Map<string, SessionChange>();
  const add = ({ node, peer }: Session, change: SessionChange['change']): void => {
    const router = formatAddress(peer.address);
    const id = `${peer.name} ${router} ${change}`;
    const nodes = [...(changes.get(id)?.nodes ?? []), node].sort(compareText);
    changes.set(id, { peer: peer.name, router, change, nodes });
  };
  for (const [id, session] of was) {
    const now = is.get(id);
    if (now === undefined) add(session, 'closes');
    else if (!isSameSession(session.peer, now.peer)) add(session, 'restarts');
  }
  for (const [id, session] of is) if (!was.has(id)) add(session, 'opens');
  return [...changes.values()].sort(
    (a, b) =>
      compareText(a.peer, b.peer) || compareText(a.router, b.router) || compareText(a.change, b.change),
  );
}

/** By node, peer and router: another address is another session. */
const sessionsOf = ({ bgp }: SpeakerAnnouncements): ReadonlyMap<string, Session> =>
  new Map(
    [...bgp].flatMap(([node, { sessions }]) =>
      sessions.map(
        ({ peer }) => [`${node} ${peer.name} ${formatAddress(peer.address)}`, { node, peer }] as const,
      ),
    ),
  );
