/** Announced conditions where Calico announces: asks the model, and reports its findings on pools and as a metric. */

import type { Millis } from '../../../../base/clock.ts';
import { Listeners } from '../../../../base/listeners.ts';
import {
  ANY_ADDRESS,
  type AnnouncedVerdict,
  type RangeVerdict,
} from '../../../../calico/report/announced-verdicts.ts';
import type { FindingSummary } from '../../../../calico/report/calico-model.ts';
import type { PoolSet } from '../../../../config/pool/pool-set.ts';
import { type Address, formatAddress } from '../../../../net/address.ts';
import { rangeContains } from '../../../../net/range.ts';
import { poolReference } from '../../../../objects/object-reference.ts';
import type { Service } from '../../../../objects/service.ts';
import type { InformerContext } from '../../../../runtime/main/informer.ts';
import { type CalicoView, ModelSnapshot } from '../../../announced/calico/model-snapshot.ts';
import type { AnnouncedConditions } from '../../../announced/condition-writer.ts';
import type { ControllerEvent, ServiceCacheView } from '../../../ports.ts';
import type { CalicoDetector } from './detector.ts';
import type { CalicoModelClient } from './model-thread.ts';

/** Time until an evaluation that failed is tried again: its objects may change no more. */
export const EVALUATION_RETRY: Millis = 30_000;

export type CalicoSourceOptions = {
  readonly context: Pick<InformerContext, 'clock' | 'metrics' | 'log'>;
  readonly detector: CalicoView & Pick<CalicoDetector, 'hasSynced' | 'isActive' | 'nodeCount' | 'run'>;
  /** Of the pools. */
  readonly namespace: string;
  readonly view: ServiceCacheView;
  readonly poolSet: () => PoolSet;
  readonly isManaged: (service: Service) => boolean;
  readonly events: (note: ControllerEvent) => void;
  readonly model: CalicoModelClient;
};

export class CalicoAnnouncementSource {
  /** What could not be evaluated may be so now. */
  readonly changes = new Listeners();
  readonly #options: CalicoSourceOptions;
  readonly #snapshot: ModelSnapshot;
  /** Findings that were reported on pools, as `pool code`. */
  readonly #reportedFindings = new Set<string>();
  #exportedFindings: readonly (readonly [code: string, severity: string])[] = [];
  #cancelRetry: () => void = () => {};
  /** Counts the stops: the evaluation that one ends has not failed. */
  #stops = 0;

  constructor(options: CalicoSourceOptions) {
    this.#options = options;
    this.#snapshot = new ModelSnapshot(options.namespace);
  }

  get nodeCount(): number {
    return this.#options.detector.nodeCount;
  }

  stop(): void {
    this.#stops++;
    this.#cancelRetry();
    this.#options.model.close();
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#options.detector.run(signal);
  }

  /** For all Services; null while it is not known. */
  async evaluate(): Promise<AnnouncedConditions | null> {
    const { view, isManaged, model, context, detector, poolSet } = this.#options;
    if (!detector.hasSynced) return null;
    if (!detector.isActive) {
      this.#exportFindings([]);
      const managed = [...view.values()].filter(
        (one) => isManaged(one) && one.ingress.some(({ ip }) => ip !== null),
      );
      return {
        byService: new Map(managed.map(({ key }) => [key, NO_ANNOUNCER])),
        predict: () => NO_ANNOUNCER,
      };
    }
    const pools = [...poolSet().byName.values()].flatMap(({ active }) => active ?? []);
    const stops = this.#stops;
    this.#cancelRetry();
    const request = this.#snapshot.requestSinceLast(detector, view.values(), pools, model.isEmpty);
    try {
      const { verdicts, findings, rangeVerdicts } = await model.evaluate(request);
      this.#exportFindings(findings);
      this.#reportPoolFindings(findings);
      return { byService: new Map(verdicts), predict: (address) => predictCondition(rangeVerdicts, address) };
    } catch (error) {
      if (stops !== this.#stops) return null;
      context.log.warn('what Calico announces could not be evaluated', { error });
      this.#cancelRetry = context.clock.after(EVALUATION_RETRY, () => this.changes.notify());
      return null;
    }
  }

  #exportFindings(findings: readonly FindingSummary[]): void {
    const { metrics } = this.#options.context;
    const counts = new Map<string, { code: string; severity: string; count: number }>();
    for (const { code, severity } of findings) {
      const key = `${code} ${severity}`;
      const counted = counts.get(key) ?? { code, severity, count: 0 };
      counts.set(key, { ...counted, count: counted.count + 1 });
    }
    for (const [code, severity] of this.#exportedFindings) {
      if (!counts.has(`${code} ${severity}`)) metrics.remove('berth_calico_findings', { code, severity });
    }
    for (const { code, severity, count } of counts.values()) {
      metrics.set('berth_calico_findings', count, { code, severity });
    }
    this.#exportedFindings = [...counts.values()].map(({ code, severity }) => [code, severity]);
  }

  /** Each finding once, until it is resolved. */
  #reportPoolFindings(findings: readonly FindingSummary[]): void {
    const { poolSet, namespace, events } = this.#options;
    const current = new Set<string>();
    for (const { code, severity, problem, remedy, concerns, object } of findings) {
      if (severity === 'hint') continue;
      for (const { kind, name } of [object, ...concerns]) {
        const pool = kind === 'IPAddressPool' ? poolSet().byName.get(name) : undefined;
        if (pool === undefined) continue;
        const key = `${name} ${code}`;
        current.add(key);
        if (this.#reportedFindings.has(key)) continue;
        this.#reportedFindings.add(key);
        events({
          regarding: poolReference(pool, namespace),
          event: { type: 'Warning', reason: 'NotAnnounced', message: `${problem} ${remedy}` },
        });
      }
    }
    for (const key of this.#reportedFindings) if (!current.has(key)) this.#reportedFindings.delete(key);
  }
}

function predictCondition(ranges: readonly RangeVerdict[], address: Address): AnnouncedVerdict | null {
  const found = ranges.find(({ range }) => rangeContains(range, address));
  if (found === undefined) return null;
  const { verdict } = found;
  return { ...verdict, message: verdict.message.replaceAll(ANY_ADDRESS, formatAddress(address)) };
}

const NO_ANNOUNCER: AnnouncedVerdict = {
  status: 'Unknown',
  reason: 'NoAnnouncer',
  message: 'Nothing is found that would announce the address: there is no Calico with BGP.',
};
