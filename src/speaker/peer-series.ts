/**
 * The metrics of BGP sessions. Their series are told by the peer's address and port, as MetalLB's are, so BGPPeers of one address
 * share them: their prefixes and messages are added up, the session is up when each of theirs is, and the series end with the last
 * of them.
 */
import { rememberByKey } from '../base/remember.ts';
import type { TransitionDetails } from '../bgp/session/events.ts';
import type { StateName } from '../bgp/session/session.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Neighbour } from './neighbour.ts';

type TransitionLabels = { readonly peer: string; readonly state: string; readonly cause: string };

/** What is measured of the neighbours of one address. */
type Totals = {
  isUp: boolean;
  ipv4: number;
  ipv6: number;
  pending: number;
  untold: number;
};

const newTotals = (): Totals => ({ isUp: true, ipv4: 0, ipv6: 0, pending: 0, untold: 0 });

export class PeerSeries {
  readonly #metrics: Metrics;
  /** The neighbours that have series, by address. */
  readonly #sharers = new Map<string, Set<Neighbour>>();
  /** Labels of the counted transitions, by address. */
  readonly #countedTransitions = new Map<string, Map<string, TransitionLabels>>();
  /** UPDATEs already counted in the metric. */
  readonly #countedUpdates = new WeakMap<Neighbour, number>();
  /** Their last transitions come after the removal. */
  readonly #removed = new WeakSet<Neighbour>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  transition(neighbour: Neighbour, state: StateName, { cause }: Pick<TransitionDetails, 'cause'>): void {
    if (!this.#begin(neighbour)) return;
    const { label: peer } = neighbour;
    const labels = { peer, state, cause };
    this.#metrics.count('berth_bgp_state_changes_total', labels);
    rememberByKey(this.#countedTransitions, peer, () => new Map()).set(`${state} ${cause}`, labels);
  }

  routesDropped(neighbour: Neighbour, count: number): void {
    if (!this.#begin(neighbour)) return;
    this.#metrics.add('berth_bgp_routes_dropped_total', count, { peer: neighbour.label });
  }

  /** Every series ends with the last peer of its address: also counters, as in MetalLB. */
  removed(neighbour: Neighbour): void {
    const { label: peer } = neighbour;
    this.#countUpdates(neighbour);
    this.#removed.add(neighbour);
    const sharers = this.#sharers.get(peer);
    sharers?.delete(neighbour);
    if (sharers !== undefined && sharers.size > 0) return;
    this.#sharers.delete(peer);
    this.#end(peer);
  }

  scrape(neighbours: Iterable<Neighbour>): void {
    const byPeer = new Map<string, Totals>();
    for (const neighbour of neighbours) {
      this.#begin(neighbour);
      addTo(rememberByKey(byPeer, neighbour.label, newTotals), neighbour);
      this.#countUpdates(neighbour);
    }
    for (const [peer, { isUp, ipv4, ipv6, pending, untold }] of byPeer) {
      this.#metrics.set('metallb_bgp_session_up', isUp ? 1 : 0, { peer });
      this.#metrics.set('metallb_bgp_announced_prefixes_total', ipv4 + ipv6, { peer });
      this.#metrics.set('metallb_bgp_pending_prefixes_total', pending, { peer });
      this.#metrics.set('berth_bgp_untold_prefixes', untold, { peer });
      this.#metrics.set('berth_bgp_prefixes', ipv4, { peer, family: 'ipv4' });
      this.#metrics.set('berth_bgp_prefixes', ipv6, { peer, family: 'ipv6' });
    }
  }

  /** Whether the neighbour may have series: not after its removal. */
  #begin(neighbour: Neighbour): boolean {
    if (this.#removed.has(neighbour)) return false;
    rememberByKey(this.#sharers, neighbour.label, () => new Set()).add(neighbour);
    return true;
  }

  #countUpdates(neighbour: Neighbour): void {
    const sent = neighbour.session.counters.sent.messages.update;
    const before = this.#countedUpdates.get(neighbour) ?? 0;
    this.#metrics.add('metallb_bgp_updates_total', sent - before, { peer: neighbour.label });
    this.#countedUpdates.set(neighbour, sent);
  }

  #end(peer: string): void {
    for (const labels of this.#countedTransitions.get(peer)?.values() ?? [])
      this.#metrics.remove('berth_bgp_state_changes_total', labels);
    this.#countedTransitions.delete(peer);
    for (const name of [
      'metallb_bgp_updates_total',
      'berth_bgp_routes_dropped_total',
      'metallb_bgp_session_up',
      'metallb_bgp_announced_prefixes_total',
      'metallb_bgp_pending_prefixes_total',
      'berth_bgp_untold_prefixes',
    ] as const)
      this.#metrics.remove(name, { peer });
    for (const family of ['ipv4', 'ipv6']) this.#metrics.remove('berth_bgp_prefixes', { peer, family });
  }
}

function addTo(totals: Totals, { rib, session, unadvertisable }: Neighbour): void {
  const [four, six] = [rib.counts(4), rib.counts(6)];
  totals.isUp &&= session.state === 'Established';
  totals.ipv4 += four.advertised;
  totals.ipv6 += six.advertised;
  totals.pending += four.pending + six.pending;
  const unsent = four.unsendable + six.unsendable + four.notCarried + six.notCarried;
  totals.untold += unsent + unadvertisable.count(4) + unadvertisable.count(6);
}
