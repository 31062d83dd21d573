/** Evaluates the model for the controller: one request, one result, both plain data, so that a thread can do it. */
import { Tracker } from '../cluster/tracker.ts';
import { diagnoseSnapshot } from '../findings/diagnose.ts';
import type { Finding } from '../findings/finding.ts';
import { takeSnapshot } from '../findings/snapshot.ts';
import type { ClusterObject } from '../objects/cluster-object.ts';
import {
  type AnnouncedVerdict,
  announcedVerdicts,
  type RangeVerdict,
  rangeVerdicts,
} from './announced-verdicts.ts';

export type ModelRequest = {
  /** `upserted` is all there is; earlier requests do not count. */
  readonly isFull: boolean;
  readonly upserted: readonly ClusterObject[];
  readonly deleted: readonly ClusterObject[];
  /** Kinds that were listed completely, even where no object was found. */
  readonly read: readonly string[];
};

/** A finding without its edits and addresses, which may be many. */
export type FindingSummary = Pick<
  Finding,
  'code' | 'severity' | 'object' | 'problem' | 'remedy' | 'concerns'
>;

export type ModelResult = {
  /** By Service. */
  readonly verdicts: readonly (readonly [key: string, verdict: AnnouncedVerdict])[];
  readonly findings: readonly FindingSummary[];
  readonly rangeVerdicts: readonly RangeVerdict[];
};

/** Keeps the cluster between requests, so that a request carries changes alone. */
export class CalicoModel {
  readonly #hashRouterId: (name: string) => number;
  #tracker: Tracker | null = null;

  constructor(hashRouterId: (name: string) => number) {
    this.#hashRouterId = hashRouterId;
  }

  evaluate({ isFull, upserted, deleted, read }: ModelRequest): ModelResult {
    const options = { hashRouterId: this.#hashRouterId, read: new Set(read) };
    if (isFull || this.#tracker === null) {
      this.#tracker = new Tracker(upserted, (objects) => takeSnapshot(objects, options).converged);
    } else {
      for (const object of deleted) this.#tracker.apply({ kind: 'deleted', object });
      for (const object of upserted) this.#tracker.apply({ kind: 'upserted', object });
    }
    const { objects, converged } = this.#tracker;
    const snapshot = takeSnapshot(objects, options, converged);
    const { findings } = diagnoseSnapshot(snapshot);
    return {
      verdicts: [...announcedVerdicts(snapshot, findings)],
      rangeVerdicts: rangeVerdicts(snapshot),
      findings: findings.map(({ code, severity, object, problem, remedy, concerns }) => ({
        code,
        severity,
        object,
        problem,
        remedy,
        concerns: concerns.filter(({ kind }) => kind === 'IPAddressPool'),
      })),
    };
  }
}
