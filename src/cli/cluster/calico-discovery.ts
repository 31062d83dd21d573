/** Which of Calico's kinds a live cluster serves, and by which of its two API groups they are read. */
import { fieldsOf, listOf, textOf } from '../../base/json.ts';
import { describeOutcome, isNotFound } from '../../kube/http/api-request.ts';
import type { Resource } from '../../kube/resource.ts';
import { parseApiVersion } from '../../objects/api-group.ts';
import { CALICO_API_VERSIONS, discoveredResource } from './calico-kinds.ts';
import { type CollectionReader, describeFailure } from './collection-reader.ts';

export type CalicoResources = {
  readonly resources: readonly Resource[];
  /** A sentence if it is not known which of Calico's kinds are served. */
  readonly error: string | null;
};

/** Calico's resources; of the older API group only if the newer one is not served or does not answer. */
export async function findCalicoKinds(reader: CollectionReader): Promise<CalicoResources> {
  let error: string | null = null;
  for (const group of CALICO_API_VERSIONS) {
    const discovered = await reader.get(`/apis/${group}`);
    if (discovered.kind !== 'ok') {
      if (!isNotFound(discovered))
        error ??= `the kinds of ${group} cannot be read: ${describeOutcome(discovered)}`;
      continue;
    }
    const { group: name, version } = parseApiVersion(group);
    const served = listOf(fieldsOf(discovered.body)['resources'])
      .map(fieldsOf)
      .filter((one) => !textOf(one['name']).includes('/'))
      .map((one) => discoveredResource(name, version, textOf(one['name']), textOf(one['kind'])));
    const wanted = served.filter((one) => one !== null);
    const [first] = wanted;
    if (first === undefined) continue;
    // An aggregated API that is listed may still be down.
    const probed = await reader.list({ resource: first });
    const isDown = probed.kind !== 'ok' && !(probed.kind === 'refused' && probed.status === 403);
    if (!isDown) return { resources: wanted, error: null };
    error ??= `${first.plural} of ${group} cannot be read: ${describeFailure(probed)}`;
  }
  return { resources: [], error };
}
