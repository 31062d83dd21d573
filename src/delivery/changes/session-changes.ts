/** The BGP sessions that an edit opens, closes and starts again. */
import type { Peer } from '../../announce/config/peers.ts';
import { isSameSession } from '../../announce/routes/desired-routes.ts';
import { rememberPairs } from '../../base/remember.ts';
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

/** By peer, router and change. */
export function sessionChanges(
  before: SpeakerAnnouncements,
  after: SpeakerAnnouncements,
): readonly SessionChange[] {
  const found = new Map<string, SessionChange & { readonly nodes: string[] }>();
  const add = (node: string, peer: Peer, change: SessionChange['change']): void => {
    const router = formatAddress(peer.address);
    const id = `${peer.name} ${router} ${change}`;
    const known = found.get(id);
    if (known === undefined) found.set(id, { peer: peer.name, router, change, nodes: [node] });
    else known.nodes.push(node);
  };
  const isSame = rememberPairs(isSameSession);
  const nodes = [before, after].flatMap(({ bgp }) => bgp.classes.flatMap((one) => one.nodes));
  for (const node of [...new Set(nodes)].sort(compareText)) {
    const [was, is] = [peersOn(before, node), peersOn(after, node)];
    for (const peer of was.values()) {
      const now = sameRouter(is, peer);
      if (now === null) add(node, peer, 'closes');
      else if (!isSame(peer, now)) add(node, peer, 'restarts');
    }
    for (const peer of is.values()) if (sameRouter(was, peer) === null) add(node, peer, 'opens');
  }
  return [...found.values()].sort(
    (a, b) =>
      compareText(a.peer, b.peer) || compareText(a.router, b.router) || compareText(a.change, b.change),
  );
}

const peersOn = ({ bgp }: SpeakerAnnouncements, node: string): ReadonlyMap<string, Peer> =>
  bgp.classOf(node)?.nodeConfig.peers.active ?? NO_PEERS;

const NO_PEERS: ReadonlyMap<string, Peer> = new Map();

/** Another address is another session. */
function sameRouter(peers: ReadonlyMap<string, Peer>, { name, address }: Peer): Peer | null {
  const known = peers.get(name);
  return known !== undefined && formatAddress(known.address) === formatAddress(address) ? known : null;
}
