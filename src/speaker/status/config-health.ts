/** Reports invalid configuration objects of this node to the log, the metrics and the ConfigurationState. */
import { formatObjectIssue, type ObjectIssue } from '../../announce/config/object-issue.ts';
import { conditionUpdateFor } from '../../config/state.ts';
import type { Log } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { ConfigurationStateWriter } from '../../runtime/configuration-state.ts';

export type ConfigHealthOptions = {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly state: Pick<ConfigurationStateWriter, 'set'>;
};

/** Condition type of MetalLB's speakers. */
const CONFIG_CONDITION = 'configReconcilerValid';

export class ConfigHealth {
  readonly #options: ConfigHealthOptions;
  #reportedErrors: readonly string[] | null = null;
  #reportedWarnings: readonly string[] = [];

  constructor(options: ConfigHealthOptions) {
    this.#options = options;
  }

  /** Null: unchanged since the last call. */
  reconciled(errors: readonly ObjectIssue[] | null, warnings: readonly ObjectIssue[] | null): void {
    const { log, metrics, state } = this.#options;
    const currentWarnings = warnings?.map(formatObjectIssue) ?? this.#reportedWarnings;
    for (const because of currentWarnings)
      if (!this.#reportedWarnings.includes(because)) log.warn('object accepted with a warning', { because });
    this.#reportedWarnings = currentWarnings;
    if (errors === null && this.#reportedErrors !== null) return;
    const currentErrors = (errors ?? []).map(formatObjectIssue);
    for (const because of currentErrors)
      if (this.#reportedErrors?.includes(because) !== true)
        log.warn('object is invalid, its last valid version stays in effect', { because });
    this.#reportedErrors = currentErrors;
    metrics.set('metallb_k8s_client_config_loaded_bool', 1);
    metrics.set('metallb_k8s_client_config_stale_bool', currentErrors.length > 0 ? 1 : 0);
    state.set(conditionUpdateFor(CONFIG_CONDITION, currentErrors));
  }
}
