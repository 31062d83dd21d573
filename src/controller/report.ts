/** What the loops did, told to the log, the metrics and the Services' events. */
import type { Millis } from '../base/clock.ts';
import type { Service, ServiceKey } from '../cluster/service.ts';
import { splitServiceKey } from '../cluster/service.ts';
import { formatAddress } from '../net/address.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Look } from '../plan/look.ts';
import type { EventQueue } from '../program/eventqueue.ts';
import type { Answer, EventSubject } from '../program/ports.ts';
import type { ServiceLoopReport } from './serviceloop.ts';

export type ReportOptions = {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly events: Pick<EventQueue, 'add'>;
  /** After every look and every write, since any of them may have changed what a pool has left. */
  readonly touched: () => void;
};

export class Report implements ServiceLoopReport {
  readonly #options: ReportOptions;

  constructor(options: ReportOptions) {
    this.#options = options;
  }

  looked({ decision }: Look): void {
    const { metrics, touched } = this.#options;
    metrics.count('metallb_k8s_client_updates_total');
    if (decision?.conflict) metrics.count('berth_adoption_conflicts_total');
    touched();
  }

  written(look: Look, took: Millis | null): void {
    const { metrics, log, events, touched } = this.#options;
    metrics.count('berth_writes_total', { object: 'service', outcome: 'written' });
    // What the Service lost is free only now, and that may be long after the look.
    touched();
    if (took !== null) metrics.observe('berth_assignment_seconds', took / 1000);
    const { service, decision, patch } = look;
    if (service === null) return;
    for (const event of look.events) events.add({ about: subjectOf(service), event });
    if (decision === null) return;
    const pool = decision.pool ?? '';
    for (const _ of look.granted) metrics.count('berth_grants_total', { pool });
    const isShownNow = decision.granted.length > 0 || (patch !== null && patch.ingress !== null);
    if (isShownNow && decision.addresses.length > 0) {
      const addresses = decision.addresses.map(formatAddress);
      log.info('address granted', { service: look.key, addresses, pool, ...(took === null ? {} : { took }) });
    } else if (decision.verdict.status === 'False') {
      log.info('service waits', {
        service: look.key,
        reason: decision.verdict.reason,
        message: decision.verdict.message,
      });
    }
  }

  failed(key: ServiceKey, answer: Answer<unknown>): void {
    const { metrics, log } = this.#options;
    metrics.count('metallb_k8s_client_update_errors_total');
    metrics.count('berth_writes_total', { object: 'service', outcome: answer.kind });
    const because = 'because' in answer ? answer.because : answer.kind;
    const fields = { service: key, outcome: answer.kind, because };
    // An object that changed under our hands is everyday life; a refusal is somebody's to mend.
    if (answer.kind === 'stale' || answer.kind === 'gone') log.debug('service changed meanwhile', fields);
    else log.warn('service not written, will be tried again', fields);
  }
}

export function subjectOf(service: Service): EventSubject {
  const { namespace, name } = splitServiceKey(service.key);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    namespace,
    name,
    uid: service.uid,
    resourceVersion: service.resourceVersion,
  };
}
