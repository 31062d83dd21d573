/** A table of what becomes of a Service that comes new to a cluster. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service } from '../../src/cluster/service.ts';
import { pool, type Stage, service, type Wish, World } from './support.ts';

export type Outcome = readonly [
  says: string,
  pools: readonly object[],
  wish: Wish,
  outcome: string,
  more?: Omit<Stage, 'pools' | 'services'> & { readonly others?: readonly Service[] },
];

export function outcomes(rows: readonly Outcome[]): void {
  for (const [says, pools, wish, outcome, { others = [], ...stage } = {}] of rows) {
    test(says, () => {
      const world = new World({ pools, services: others, ...stage });
      world.apply(service('it', wish));
      assert.equal(world.says('it'), outcome);
    });
  }
}

export const WEB = pool('web', ['10.0.0.0/30']);
export const DUAL = pool('dual', ['10.1.0.0/30', 'fd01::/126']);
export const SIX = pool('six', ['fd06::/126']);
export const DUAL_WISH: Wish = { families: [4, 6], ipFamilyPolicy: 'RequireDualStack' };
export const PREFER: Wish = { families: [4, 6], ipFamilyPolicy: 'PreferDualStack' };

export const asks = (value: string): Wish => ({ asks: { loadBalancerIPs: value } });
export const fromPool = (value: string): Wish => ({ asks: { 'address-pool': value } });
