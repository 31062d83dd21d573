/** Reads IPPools and the IPAM blocks that nodes own. */

import { type Raw, textOf, textsOf } from '../../base/json.ts';
import type { Prefix } from '../../net/prefix.ts';
import { nameOf, specOf } from '../../objects/metadata.ts';
import { type RangeEntry, readRangeEntry } from './prefixes.ts';

export type CalicoPool = {
  readonly name: string;
  readonly range: RangeEntry;
  readonly exported: boolean;
  /** Felix programs its routes, and BIRD does not export them to the kernel. */
  readonly vxlan: boolean;
  readonly ipip: boolean;
  readonly disabled: boolean;
  /** For addresses of Services, which activates Calico's own allocator. */
  readonly loadBalancer: boolean;
};

export type Block = { readonly node: string; readonly prefix: Prefix };

/** Whether `vxlanMode` or `ipipMode` of an IPPool switches the overlay on. */
export const isEncapsulated = (mode: unknown): boolean => mode === 'Always' || mode === 'CrossSubnet';

export function readCalicoPool(raw: Raw): CalicoPool {
  const spec = specOf(raw);
  return {
    name: nameOf(raw),
    range: readRangeEntry(textOf(spec['cidr'])),
    exported: spec['disableBGPExport'] !== true,
    vxlan: isEncapsulated(spec['vxlanMode']),
    ipip: isEncapsulated(spec['ipipMode']),
    disabled: spec['disabled'] === true,
    loadBalancer: textsOf(spec['allowedUses']).includes('LoadBalancer'),
  };
}

/** Null for an affinity that is not confirmed, or not of a node. */
export function readBlock(raw: Raw): Block | null {
  const spec = specOf(raw);
  const { prefix } = readRangeEntry(textOf(spec['cidr']));
  const deleted = spec['deleted'] === true || spec['deleted'] === 'true';
  const node = textOf(spec['node']);
  if (prefix === null || deleted || node === '' || spec['state'] !== 'confirmed') return null;
  return textOf(spec['type']) === 'virtual' ? null : { node, prefix };
}
