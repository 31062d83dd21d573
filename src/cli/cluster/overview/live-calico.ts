/** What Calico announces in a live cluster, by its model, as far as its objects can be read. */
import type { ApiSender } from '../../../kube/http/api-request.ts';
import { type CalicoFacts, calicoFacts } from '../../../overview/calico-overview.ts';
import { type Known, known } from '../../../overview/knowledge.ts';
import { diagnoseCalico } from '../calico-input.ts';
import { LiveCluster } from '../live-cluster.ts';

/** Null in a cluster without Calico's BGP. */
export async function readLiveCalico({
  sender,
  source,
  progress,
}: {
  readonly sender: ApiSender;
  readonly source: string;
  readonly progress: (text: string) => void;
}): Promise<Known<CalicoFacts | null>> {
  const defaultNamespaces = { services: 'default', pools: '' };
  const cluster = new LiveCluster({ sender, description: source, defaultNamespaces, progress });
  const input = await cluster.readCalicoInput();
  if (!input.ok) return { known: false, says: input.error };
  return known(input.value === null ? null : calicoFacts(diagnoseCalico(input.value), input.value.forbidden));
}
