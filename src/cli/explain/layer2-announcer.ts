/** Who answers for the address of a Service by layer 2, as `berth l2 why` says it. */

import { err, ok, type Result } from '../../base/result.ts';
import { joinCauses } from '../../base/shared-causes.ts';
import { L2_ADVERTISEMENTS, SPEAKER_STATUSES } from '../../kube/resource.ts';
import { explainLayer2, type Layer2Explanation } from '../../layer2/report/explanation.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { ClusterReading } from '../cluster/cluster-reading.ts';
import { isNotServed, unreadText } from '../cluster/collection-reader.ts';
import { readLiveLayer2 } from '../l2/cluster/read-layer2.ts';

/**
 * Null where layer 2 does not concern the Service: no L2Advertisement is there, or no speaker answers by layer 2. The error is
 * a sentence: that is not known.
 */
export async function explainByLayer2(
  reading: ClusterReading,
  service: ServiceKey,
  { lbClass }: { readonly lbClass: string },
): Promise<Result<Layer2Explanation | null, string>> {
  const { namespace } = reading;
  for (const resource of [L2_ADVERTISEMENTS, SPEAKER_STATUSES]) {
    const listed = await reading.list({ resource, namespace });
    if (isNotServed(resource, listed) || (listed.kind === 'ok' && listed.items.length === 0)) return ok(null);
    if (listed.kind !== 'ok') return err(unreadText(resource, listed, 'listed'));
  }
  const view = await readLiveLayer2(reading, { 'speaker-namespace': namespace, 'lb-class': lbClass });
  if (!view.ok) return err(joinCauses(view.error.problems).join('; '));
  const { state, presence } = view.value;
  const isConcerned = state.refusals.get(service)?.code !== 'noAdvertisement';
  const explanation = explainLayer2(state, service);
  if (presence.interfaces.size === 0 || !isConcerned || explanation === null) return ok(null);
  return ok(explanation);
}
