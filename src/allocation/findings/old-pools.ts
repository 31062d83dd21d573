/** Objects of the kind AddressPool, which MetalLB 0.14 removed: nothing reads them. */
import { type Raw, textOf } from '../../base/json.ts';
import { parseApiVersion } from '../../objects/api-group.ts';

export const isOldPool = (raw: Raw): boolean =>
  raw['kind'] === 'AddressPool' && parseApiVersion(textOf(raw['apiVersion'])).group === 'metallb.io';

/** A sentence. */
export const oldPoolText = (name: string): string =>
  `AddressPool ${name} has no effect: nothing reads this kind, which MetalLB 0.14 removed.`;
