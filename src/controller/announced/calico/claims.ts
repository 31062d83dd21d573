/** Reports which Services Calico's own LoadBalancer controller assigns addresses to, for the allocator to leave alone. */
import type { ExternalClaims } from '../../../allocation/external-claims.ts';
import type { Raw } from '../../../base/json.ts';
import type { Listeners } from '../../../base/listeners.ts';
import { IPAM_CLAIM_KINDS, ipamClaimsFrom } from '../../../calico/objects/load-balancer-ipam.ts';

/** What is needed of `CalicoDetector`. */
export type ClaimSource = {
  readonly isActive: boolean;
  readonly hasSynced: boolean;
  readonly readKinds: ReadonlySet<string>;
  objectsOf(kind: string): readonly Raw[];
  readonly changes: Pick<Listeners<[kind: string]>, 'add'>;
};

/**
 * Calls `changed` with the claims whenever they may have changed; with null while Calico does not announce. Claims are not
 * reported before all kinds that decide them are listed, or given up: a part of them would claim other Services.
 */
export function subscribeToClaims(
  calico: ClaimSource,
  changed: (claims: ExternalClaims | null) => void,
): void {
  const kinds = [...IPAM_CLAIM_KINDS];
  calico.changes.add((kind) => {
    if (kind !== '' && !IPAM_CLAIM_KINDS.has(kind)) return;
    if (!calico.hasSynced && !kinds.every((one) => calico.readKinds.has(one))) return;
    const objects = kinds.flatMap((one) => calico.objectsOf(one));
    changed(calico.isActive ? { ipam: ipamClaimsFrom(objects) } : null);
  });
}
