/** What the speaker did, told to the log and the metrics. */
import type { Changes } from '../announce/picture.ts';
import type { Clock, Millis } from '../base/clock.ts';
import type { Why } from '../bgp/session/event.ts';
import type { StateName } from '../bgp/session/session.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { AnnouncedGauge } from './announcedgauge.ts';
import { milestoneOf } from './milestone.ts';
import type { Neighbour } from './neighbour.ts';
import type { Speaker, SpeakerReport } from './speaker.ts';

export type ReportOptions = {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly node: string;
  /** What else wants to know. */
  readonly also: {
    looked(changes: Changes): void;
    sessionChanged(): void;
  };
};

export class Report implements SpeakerReport {
  readonly #options: ReportOptions;
  readonly #announced: AnnouncedGauge;
  /** UPDATEs that have been counted, by neighbour. */
  readonly #updates = new WeakMap<Neighbour, number>();
  /** When the first change came that nobody has been told of yet. */
  #changedAt: Millis | null = null;

  constructor(options: ReportOptions) {
    this.#options = options;
    this.#announced = new AnnouncedGauge(options.metrics, options.node);
  }

  /** Something in the cluster is different. */
  changed(): void {
    this.#options.metrics.count('metallb_k8s_client_updates_total');
    this.#changedAt ??= this.#options.clock.now();
  }

  looked(changes: Changes, took: Millis): void {
    const { log, metrics, clock, also } = this.#options;
    if (this.#changedAt !== null && changes.routes.length > 0)
      metrics.observe('berth_bgp_change_seconds', (clock.now() - this.#changedAt) / 1000);
    this.#changedAt = null;
    for (const change of changes.services) this.#announced.changed(change);
    if (changes.routes.length > 0)
      log.debug('routes changed', { routes: changes.routes.length, services: changes.services.length, took });
    also.looked(changes);
  }

  moved(neighbour: Neighbour, from: StateName, to: StateName, why: Why): void {
    const { log, metrics, also } = this.#options;
    const { label: peer, line } = neighbour;
    metrics.count('berth_bgp_state_changes_total', { peer, state: to, cause: why.cause });
    metrics.set('metallb_bgp_session_up', to === 'Established' ? 1 : 0, { peer });
    const fields = { ...nameOf(neighbour), because: why.says };
    switch (milestoneOf(from, to, why.cause)) {
      case 'up': {
        const holdTime = line.agreement?.holdTime;
        log.info('session established', { ...fields, asn: line.peer?.asn, holdTime });
        break;
      }
      case 'lost':
        log.warn('session lost', fields);
        break;
      case 'failed':
        log.warn('session does not come up', fields);
        break;
      case null:
        log.debug('session moves', { ...fields, from, to });
    }
    also.sessionChanged();
  }

  missed(neighbour: Neighbour, says: string): void {
    this.#options.log.warn('session does not come up', { ...nameOf(neighbour), because: says });
    this.#options.also.sessionChanged();
  }

  dropped({ label: peer }: Neighbour, routes: number): void {
    this.#options.metrics.add('berth_bgp_routes_dropped_total', routes, { peer });
  }

  told(): void {
    this.#options.also.sessionChanged();
  }

  ended(neighbour: Neighbour): void {
    const { metrics, also } = this.#options;
    const { label: peer } = neighbour;
    this.#countUpdates(neighbour);
    for (const gauge of [
      'metallb_bgp_session_up',
      'metallb_bgp_announced_prefixes_total',
      'metallb_bgp_pending_prefixes_total',
      'berth_bgp_untold_prefixes',
    ] as const)
      metrics.remove(gauge, { peer });
    for (const family of ['ipv4', 'ipv6']) metrics.remove('berth_bgp_prefixes', { peer, family });
    also.sessionChanged();
  }

  /** What is only worked out when somebody looks. */
  scrape({ neighbours, phase }: Pick<Speaker, 'neighbours' | 'phase'>): void {
    const { metrics } = this.#options;
    this.#announced.scrape({ isSilent: phase === 'left' });
    for (const neighbour of neighbours.values()) {
      const { label: peer, rib, untold } = neighbour;
      const [four, six] = [rib.counts(4), rib.counts(6)];
      metrics.set('metallb_bgp_announced_prefixes_total', four.told + six.told, { peer });
      metrics.set('metallb_bgp_pending_prefixes_total', four.pending + six.pending, { peer });
      metrics.set('berth_bgp_untold_prefixes', four.refused + six.refused + untold.length, { peer });
      metrics.set('berth_bgp_prefixes', four.told, { peer, family: 'ipv4' });
      metrics.set('berth_bgp_prefixes', six.told, { peer, family: 'ipv6' });
      this.#countUpdates(neighbour);
    }
  }

  #countUpdates(neighbour: Neighbour): void {
    const { label: peer, line } = neighbour;
    const sent = line.counters.sent.messages.update;
    this.#options.metrics.add('metallb_bgp_updates_total', sent - (this.#updates.get(neighbour) ?? 0), {
      peer,
    });
    this.#updates.set(neighbour, sent);
  }
}

const nameOf = ({ peer, label }: Neighbour) => ({ peer: peer.name, address: label });
