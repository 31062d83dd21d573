/** Reads from the live cluster what decides which Services Calico's own allocator claims, as the controller does. */
import { IPAM_CLAIM_KINDS } from '../../calico/objects/load-balancer-ipam.ts';
import { CALICO_KINDS } from '../../controller/main/announced/calico/calico-informers.ts';
import { findEvidence } from '../../controller/main/announced/calico/evidence.ts';
import { calicoResource } from '../../kube/resource.ts';
import { CALICO_GROUPS, type CalicoGroup } from '../../objects/api-group.ts';
import type { CalicoClaimObjects } from './calico-claims.ts';
import type { ClusterReading } from './cluster-reading.ts';
import { isNotServed, unreadText } from './collection-reader.ts';

const CLAIM_RESOURCES = CALICO_KINDS.filter(([, kind]) => IPAM_CLAIM_KINDS.has(kind));

/** Fills `claims`; what cannot be read is its `problem`. */
export async function readLiveClaims(reading: ClusterReading, claims: CalicoClaimObjects): Promise<void> {
  const { backend, isComplete } = await findEvidence(reading.sender);
  claims.isRunning = backend.isRunning ?? (isComplete ? false : null);
  if (claims.isRunning === false) return;
  for (const group of CALICO_GROUPS) if (await readGroup(reading, group, claims)) return;
}

/** Both API groups hold the same objects; returns whether this one is served. */
async function readGroup(
  reading: ClusterReading,
  group: CalicoGroup,
  claims: CalicoClaimObjects,
): Promise<boolean> {
  const lists = await Promise.all(
    CLAIM_RESOURCES.map(async ([plural, kind]) => {
      const resource = calicoResource(group, plural, kind);
      return { resource, listed: await reading.list({ resource }) };
    }),
  );
  for (const { resource, listed } of lists) {
    if (listed.kind === 'ok') {
      for (const raw of listed.items) claims.put(raw);
    } else if (!isNotServed(resource, listed)) {
      claims.problem = unreadText(resource, listed, 'listed');
    }
  }
  return lists.some(({ resource, listed }) => listed.kind === 'ok' || !isNotServed(resource, listed));
}
