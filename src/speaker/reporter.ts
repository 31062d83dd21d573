/** Reports what the speaker does to the log, the metrics and the node's status. */
import type { NodeModelChanges } from '../announce/model/node-model.ts';
import type { Clock, Millis } from '../base/clock.ts';
import type { TransitionDetails } from '../bgp/session/events.ts';
import type { StateName } from '../bgp/session/session.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import { AnnouncedGauge } from './announced-gauge.ts';
import { BfdMetrics } from './bfd/bfd-metrics.ts';
import type { BfdEvent } from './bfd/bfd-peers.ts';
import type { Neighbour } from './neighbour.ts';
import { classifyTransition } from './session-transition.ts';
import type { Speaker, SpeakerObserver } from './speaker.ts';

export type SpeakerReporterOptions = {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly node: string;
  /** Publishes the node's status. */
  readonly statusObserver: {
    reconciled(changes: NodeModelChanges): void;
    sessionChanged(): void;
  };
};

type TransitionLabels = { readonly peer: string; readonly state: string; readonly cause: string };

export class SpeakerReporter implements SpeakerObserver {
  readonly #options: SpeakerReporterOptions;
  readonly #announcedGauge: AnnouncedGauge;
  /** UPDATEs already counted in the metric, by neighbour. */
  readonly #countedUpdates = new WeakMap<Neighbour, number>();
  /** Labels of the counted transitions, by neighbour. */
  readonly #countedTransitions = new WeakMap<Neighbour, Map<string, TransitionLabels>>();
  /** Their last transitions come after the removal. */
  readonly #removed = new WeakSet<Neighbour>();
  readonly #bfdMetrics: BfdMetrics;
  /** When the oldest change arrived that is not yet reconciled. */
  #firstChangeAt: Millis | null = null;

  constructor(options: SpeakerReporterOptions) {
    this.#options = options;
    this.#announcedGauge = new AnnouncedGauge(options.metrics, options.node);
    this.#bfdMetrics = new BfdMetrics(options.metrics);
  }

  /** A watched object changed. */
  clusterChanged(): void {
    this.#options.metrics.count('metallb_k8s_client_updates_total');
    this.#firstChangeAt ??= this.#options.clock.now();
  }

  reconciled(changes: NodeModelChanges, tookMs: Millis): void {
    const { log, metrics, clock, statusObserver } = this.#options;
    if (this.#firstChangeAt !== null && changes.routes.length > 0)
      metrics.observe('berth_bgp_change_seconds', (clock.now() - this.#firstChangeAt) / 1000);
    this.#firstChangeAt = null;
    for (const change of changes.services) this.#announcedGauge.serviceChanged(change);
    if (changes.routes.length > 0)
      log.debug('routes changed', {
        routes: changes.routes.length,
        services: changes.services.length,
        took: tookMs,
      });
    statusObserver.reconciled(changes);
  }

  stateChanged(neighbour: Neighbour, from: StateName, to: StateName, reason: TransitionDetails): void {
    const { log, metrics, statusObserver } = this.#options;
    const { label: peer, session } = neighbour;
    if (!this.#removed.has(neighbour)) {
      this.#countTransition(neighbour, { peer, state: to, cause: reason.cause });
      metrics.set('metallb_bgp_session_up', to === 'Established' ? 1 : 0, { peer });
    }
    const fields = { ...peerFields(neighbour), because: reason.text };
    switch (classifyTransition(from, to, reason.cause)) {
      case 'up': {
        const holdTime = session.negotiated?.holdTime;
        log.info('session established', { ...fields, asn: session.peerOpen?.asn, holdTime });
        break;
      }
      case 'lost':
        log.warn('session lost', fields);
        break;
      case 'failed':
        log.warn('session does not come up', fields);
        break;
      case null:
        log.debug('session state changed', { ...fields, from, to });
    }
    statusObserver.sessionChanged();
  }

  connectFailed(neighbour: Neighbour, message: string): void {
    this.#options.log.warn('session does not come up', { ...peerFields(neighbour), because: message });
    this.#options.statusObserver.sessionChanged();
  }

  bfdChanged(neighbour: Neighbour, { kind, because, status }: BfdEvent): void {
    const { log, statusObserver } = this.#options;
    const fields = peerFields(neighbour);
    switch (kind) {
      case 'up':
        log.info('BFD session up', {
          ...fields,
          transmitInterval: status.transmitInterval,
          detectionTime: status.detectionTime,
        });
        break;
      case 'down':
        log.warn('BFD session down', { ...fields, because });
        break;
      case 'admin-down':
        log.info('BFD session taken down by the router', { ...fields, because });
        break;
      case 'missing':
        log.warn('BFD session is not up, the BGP session runs without it', { ...fields, because });
    }
    statusObserver.sessionChanged();
  }

  routesDropped(neighbour: Neighbour, count: number): void {
    if (this.#removed.has(neighbour)) return;
    this.#options.metrics.add('berth_bgp_routes_dropped_total', count, { peer: neighbour.label });
  }

  advertised(): void {
    this.#options.statusObserver.sessionChanged();
  }

  /** Every series of the peer ends: also its counters, as in MetalLB. */
  neighbourRemoved(neighbour: Neighbour): void {
    const { metrics, statusObserver } = this.#options;
    const { label: peer } = neighbour;
    this.#removed.add(neighbour);
    for (const labels of this.#countedTransitions.get(neighbour)?.values() ?? [])
      metrics.remove('berth_bgp_state_changes_total', labels);
    for (const name of [
      'metallb_bgp_updates_total',
      'berth_bgp_routes_dropped_total',
      'metallb_bgp_session_up',
      'metallb_bgp_announced_prefixes_total',
      'metallb_bgp_pending_prefixes_total',
      'berth_bgp_untold_prefixes',
    ] as const)
      metrics.remove(name, { peer });
    for (const family of ['ipv4', 'ipv6']) metrics.remove('berth_bgp_prefixes', { peer, family });
    statusObserver.sessionChanged();
  }

  /** Updates the metrics that are only computed on a scrape. */
  scrape({ neighbours, phase, bfd }: Pick<Speaker, 'neighbours' | 'phase' | 'bfd'>): void {
    const { metrics } = this.#options;
    this.#bfdMetrics.scrape(bfd.statuses);
    this.#announcedGauge.scrape({ isWithdrawn: phase === 'left' });
    for (const neighbour of neighbours.values()) {
      const { label: peer, rib, unadvertisable } = neighbour;
      const [four, six] = [rib.counts(4), rib.counts(6)];
      metrics.set('metallb_bgp_announced_prefixes_total', four.advertised + six.advertised, { peer });
      metrics.set('metallb_bgp_pending_prefixes_total', four.pending + six.pending, { peer });
      const unsent = four.unsendable + six.unsendable + four.notCarried + six.notCarried;
      const withoutPath = unadvertisable.count(4) + unadvertisable.count(6);
      metrics.set('berth_bgp_untold_prefixes', unsent + withoutPath, { peer });
      metrics.set('berth_bgp_prefixes', four.advertised, { peer, family: 'ipv4' });
      metrics.set('berth_bgp_prefixes', six.advertised, { peer, family: 'ipv6' });
      this.#countUpdates(neighbour);
    }
  }

  #countTransition(neighbour: Neighbour, labels: TransitionLabels): void {
    this.#options.metrics.count('berth_bgp_state_changes_total', labels);
    const counted = this.#countedTransitions.get(neighbour) ?? new Map<string, TransitionLabels>();
    this.#countedTransitions.set(neighbour, counted.set(`${labels.state} ${labels.cause}`, labels));
  }

  #countUpdates(neighbour: Neighbour): void {
    const { label: peer, session } = neighbour;
    const sent = session.counters.sent.messages.update;
    this.#options.metrics.add(
      'metallb_bgp_updates_total',
      sent - (this.#countedUpdates.get(neighbour) ?? 0),
      {
        peer,
      },
    );
    this.#countedUpdates.set(neighbour, sent);
  }
}

const peerFields = ({ peer, label }: Neighbour) => ({ peer: peer.name, address: label });
