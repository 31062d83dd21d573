/** Pools with as many ranges as etcd stores. */
import type { JsonObject } from '../../src/apiserver/object/value.ts';
import { NAMESPACE } from './test-bed.ts';

/** The most that an object of 1.5 MB can list. */
export const RANGES_PER_POOL = 85_000;

/** Its addresses are those of no other: `index` is at most 12. */
export const poolObject = (index: number): JsonObject => ({
  apiVersion: 'metallb.io/v1beta1',
  kind: 'IPAddressPool',
  metadata: { name: `many-${index}`, namespace: NAMESPACE },
  spec: { addresses: Array.from({ length: RANGES_PER_POOL }, (_, place) => address(index, place)) },
});

/** Every other address from 10.16.0.0 on, so that no two ranges can be merged. */
function address(pool: number, place: number): string {
  const bits = 2 * (pool * RANGES_PER_POOL + place);
  return `10.${16 + (bits >> 16)}.${(bits >> 8) & 255}.${bits & 255}/32`;
}
