/** `berth plan` refuses what kube-apiserver refuses: rows that `test/e2e/crds.test.ts` sends to a real one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { findRefusedWrites } from '../../../src/cli/plan/refused-writes.ts';
import { readAddressPool } from '../../../src/config/pool/pool.ts';
import { OTHER_KINDS } from '../../e2e/support/crd-rows/others.ts';
import { PEERS_V1, PEERS_V2 } from '../../e2e/support/crd-rows/peers.ts';
import { POOLS } from '../../e2e/support/crd-rows/pools.ts';

const CONTEXT = {
  findStored: async () => null,
  namespaces: null,
  defaultNamespaces: { services: 'default', pools: 'metallb-system' },
};

/** Pools are judged by the controller's rules, which are stricter, before. */
const isInvalidPool = (raw: Raw): boolean =>
  raw['kind'] === 'IPAddressPool' && readAddressPool(raw).issues.length > 0;

describe('plan refuses what a real API server refuses', () => {
  for (const { kind, version, rows } of [POOLS, PEERS_V2, PEERS_V1, ...OTHER_KINDS]) {
    it(`${kind} ${version}, ${rows.length} rows`, async () => {
      for (const [title, fields, refusal] of rows) {
        const object = { apiVersion: `metallb.io/${version}`, kind, metadata: { name: 'x' }, ...fields };
        const refused = await findRefusedWrites([{ object, location: 'x' }], CONTEXT);
        if (refusal === null) assert.deepEqual(refused, [], title);
        else assert.ok(refused.length > 0 || isInvalidPool(object), `${title}: taken`);
      }
    });
  }
});
