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
import { PeerSeries } from './peer-series.ts';
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

export class SpeakerReporter implements SpeakerObserver {
  readonly #options: SpeakerReporterOptions;
  readonly #announcedGauge: AnnouncedGauge;
  readonly #peerSeries: PeerSeries;
  readonly #bfdMetrics: BfdMetrics;
  /** When the oldest change arrived that is not yet reconciled. */
  #firstChangeAt: Millis | null = null;

  constructor(options: SpeakerReporterOptions) {
    this.#options = options;
    this.#announcedGauge = new AnnouncedGauge(options.metrics, options.node);
    this.#peerSeries = new PeerSeries(options.metrics);
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
    const { log, statusObserver } = this.#options;
    const { session } = neighbour;
    this.#peerSeries.transition(neighbour, to, reason);
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
    this.#peerSeries.routesDropped(neighbour, count);
  }

  advertised(): void {
    this.#options.statusObserver.sessionChanged();
  }

  neighbourRemoved(neighbour: Neighbour): void {
    this.#peerSeries.removed(neighbour);
    this.#options.statusObserver.sessionChanged();
  }

  /** Updates the metrics that are only computed on a scrape. */
  scrape({ neighbours, phase, bfd }: Pick<Speaker, 'neighbours' | 'phase' | 'bfd'>): void {
    this.#bfdMetrics.scrape(bfd.statuses);
    this.#announcedGauge.scrape({ isWithdrawn: phase === 'left' });
    this.#peerSeries.scrape(neighbours.values());
  }
}

const peerFields = ({ peer, label }: Neighbour) => ({ peer: peer.name, address: label });
