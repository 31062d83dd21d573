/** Reports whether the configuration is valid: as metrics and in the ConfigurationState. */

import { poolConditionUpdate } from '../../config/pool/condition.ts';
import type { PoolSet } from '../../config/pool/pool-set.ts';
import type { Log } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { ConfigurationStateWriter } from '../../runtime/configuration-state.ts';

export type PoolHealthOptions = {
  readonly metrics: Metrics;
  readonly log: Log;
  readonly state: Pick<ConfigurationStateWriter, 'set'>;
};

export class PoolHealth {
  readonly #options: PoolHealthOptions;

  constructor(options: PoolHealthOptions) {
    this.#options = options;
  }

  poolsReviewed(poolSet: PoolSet): void {
    const { metrics, state } = this.#options;
    const hasIssues = [...poolSet.byName.values()].some(({ issues }) => issues.length > 0);
    metrics.set('metallb_k8s_client_config_loaded_bool', 1);
    metrics.set('metallb_k8s_client_config_stale_bool', hasIssues ? 1 : 0);
    state.set(poolConditionUpdate({ kind: 'loaded', poolSet }));
  }

  /** No part of it can be read, as may happen to a ConfigMap of MetalLB 0.12. */
  unreadable(message: string): void {
    const { metrics, log, state } = this.#options;
    log.warn('configuration cannot be read, the last good one stays', { because: message });
    metrics.set('metallb_k8s_client_config_stale_bool', 1);
    state.set(poolConditionUpdate({ kind: 'unreadable', message }));
  }
}
