/** Tells the log, the metrics and the ConfigurationState what is wrong with the objects that this node goes by. */
import { type Complaint, formatComplaint } from '../announce/complaint.ts';
import { verdictOf } from '../config/state.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { ConfigState } from '../program/configstate.ts';

export type ConfigHealthOptions = {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly state: Pick<ConfigState, 'set'>;
};

/** MetalLB's name for what its speakers say of the configuration. */
const CONDITION = 'configReconcilerValid';

export class ConfigHealth {
  readonly #options: ConfigHealthOptions;
  #said: readonly string[] | null = null;
  #warned: readonly string[] = [];

  constructor(options: ConfigHealthOptions) {
    this.#options = options;
  }

  /** Null where nothing is different since the last time. */
  looked(complaints: readonly Complaint[] | null, warnings: readonly Complaint[] | null): void {
    const { log, metrics, state } = this.#options;
    const warned = warnings?.map(formatComplaint) ?? this.#warned;
    for (const because of warned)
      if (!this.#warned.includes(because)) log.warn('an object works, but not in all it says', { because });
    this.#warned = warned;
    if (complaints === null && this.#said !== null) return;
    const lines = (complaints ?? []).map(formatComplaint);
    for (const because of lines)
      if (this.#said?.includes(because) !== true)
        log.warn('an object is invalid, its last good version stays', { because });
    this.#said = lines;
    metrics.set('metallb_k8s_client_config_loaded_bool', 1);
    metrics.set('metallb_k8s_client_config_stale_bool', lines.length > 0 ? 1 : 0);
    state.set(verdictOf(CONDITION, lines));
  }
}
