/** Reports what the reconciler did: in the log, the metrics and the Events of Services. */

import type { ReconcileResult } from '../../allocation/reconcile-result.ts';
import type { Millis } from '../../base/clock.ts';
import { Listeners } from '../../base/listeners.ts';
import { formatAddress } from '../../net/address.ts';
import { serviceReference } from '../../objects/object-reference.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { Log } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { EventQueue } from '../../runtime/event-queue.ts';
import type { RequestOutcome } from '../../runtime/ports.ts';
import type { ReconcileObserver } from './reconciler.ts';

export type ServiceReporterOptions = {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly events: Pick<EventQueue, 'add'>;
};

export class ServiceReporter implements ReconcileObserver {
  /** After every pass and every write: any of them may have changed what a pool has left. */
  readonly allocationChanges = new Listeners();
  readonly #options: ServiceReporterOptions;

  constructor(options: ServiceReporterOptions) {
    this.#options = options;
  }

  reconciled({ decision }: ReconcileResult): void {
    const { metrics } = this.#options;
    metrics.count('metallb_k8s_client_updates_total');
    if (decision?.hasConflict) metrics.count('berth_adoption_conflicts_total');
    this.allocationChanges.notify();
  }

  written(result: ReconcileResult, took: Millis | null): void {
    const { metrics, log, events } = this.#options;
    metrics.count('berth_writes_total', { object: 'service', outcome: 'written' });
    // What the Service lost is free only now, and that may be long after the pass.
    this.allocationChanges.notify();
    if (took !== null) metrics.observe('berth_assignment_seconds', took / 1000);
    const { service, decision, patch } = result;
    if (service === null) return;
    for (const event of result.events) events.add({ regarding: serviceReference(service), event });
    if (decision === null) return;
    const pool = decision.pool ?? '';
    for (const _ of result.granted) metrics.count('berth_grants_total', { pool });
    const isNewlyAssigned = decision.granted.length > 0 || (patch !== null && patch.ingress !== null);
    if (isNewlyAssigned && decision.addresses.length > 0) {
      const addresses = decision.addresses.map(formatAddress);
      log.info('address granted', {
        service: result.key,
        addresses,
        pool,
        ...(took === null ? {} : { took }),
      });
    } else if (decision.condition.status === 'False') {
      log.info('service waits', {
        service: result.key,
        reason: decision.condition.reason,
        message: decision.condition.message,
      });
    }
  }

  failed(key: ServiceKey, outcome: RequestOutcome<unknown>): void {
    const { metrics, log } = this.#options;
    metrics.count('metallb_k8s_client_update_errors_total');
    metrics.count('berth_writes_total', { object: 'service', outcome: outcome.kind });
    const because = 'because' in outcome ? outcome.because : outcome.kind;
    const fields = { service: key, outcome: outcome.kind, because };
    // An object that changed meanwhile is normal; a refusal is somebody's to fix.
    if (outcome.kind === 'stale' || outcome.kind === 'gone') log.debug('service changed meanwhile', fields);
    else log.warn('service not written, will be tried again', fields);
  }
}
