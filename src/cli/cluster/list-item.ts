/** Items of a list, made whole: the API server leaves out `kind` and `apiVersion` of built-in objects in a list. */
import type { Raw } from '../../base/json.ts';
import type { Resource } from '../../kube/resource.ts';
import { apiVersionOf } from '../../objects/api-group.ts';

/** `raw` with the kind and version of the list that it was in, first and whatever it says itself. */
export function completeListItem(resource: Resource, raw: Raw): Raw {
  const typeFields = { apiVersion: apiVersionOf(resource), kind: resource.kind };
  return { ...typeFields, ...raw, ...typeFields };
}
