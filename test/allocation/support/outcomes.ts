/** Runs a table of outcomes of a Service that is new to a cluster. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service } from '../../../src/objects/service.ts';
import { type ClusterSetup, pool, type ServiceOverrides, service, TestCluster } from './test-cluster.ts';

export type Outcome = readonly [
  title: string,
  pools: readonly object[],
  overrides: ServiceOverrides,
  outcome: string,
  more?: Omit<ClusterSetup, 'pools' | 'services'> & { readonly others?: readonly Service[] },
];

export function outcomes(rows: readonly Outcome[]): void {
  for (const [title, pools, overrides, outcome, { others = [], ...setup } = {}] of rows) {
    test(title, () => {
      const cluster = new TestCluster({ pools, services: others, ...setup });
      cluster.apply(service('it', overrides));
      assert.equal(cluster.statusOf('it'), outcome);
    });
  }
}

export const WEB = pool('web', ['10.0.0.0/30']);
export const DUAL = pool('dual', ['10.1.0.0/30', 'fd01::/126']);
export const SIX = pool('six', ['fd06::/126']);
export const DUAL_REQUIRED: ServiceOverrides = { families: [4, 6], ipFamilyPolicy: 'RequireDualStack' };
export const DUAL_PREFERRED: ServiceOverrides = { families: [4, 6], ipFamilyPolicy: 'PreferDualStack' };

export const requestsAddress = (value: string): ServiceOverrides => ({
  requests: { loadBalancerIPs: value },
});
export const requestsPool = (value: string): ServiceOverrides => ({ requests: { 'address-pool': value } });
