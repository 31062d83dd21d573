/** Asks the API server whether it answers, by the smallest request that a speaker has the right to. */
import type { ApiSender } from '../../../kube/http/api-request.ts';
import { objectPath, SPEAKER_STATUSES } from '../../../kube/resource.ts';
import { ASK_TIMEOUT } from '../../layer2/isolation.ts';

/** Any response counts, also one that refuses. */
export async function isApiAnswering(
  client: ApiSender,
  { namespace, node }: { readonly namespace: string; readonly node: string },
): Promise<boolean> {
  const path = objectPath(SPEAKER_STATUSES, { namespace, name: node });
  const outcome = await client.send({ method: 'GET', path, timeout: ASK_TIMEOUT });
  return outcome.kind === 'ok' || outcome.kind === 'refused';
}
