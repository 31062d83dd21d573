/** What an API server would refuse of a write, for those that must not write: by the code that refuses it here. */

import { nameOf } from '../objects/metadata.ts';
import { builtinResources } from './kinds/builtin/resources.ts';
import { ResourceRegistry } from './kinds/registry.ts';
import type { ServedResource } from './kinds/served-resource.ts';
import { ClusterIpAllocator } from './kinds/service/cluster-ip-allocator.ts';
import { fieldErrorText } from './object/field-error.ts';
import { type JsonObject, textAt, withKey } from './object/value.ts';
import { prune } from './schema/prune.ts';
import { decodeObject } from './verbs/decode.ts';
import { checkWrite } from './verbs/prepare-for-storage.ts';

export type RefusedField = {
  /** '' for the whole object. */
  readonly field: string;
  /** As kube-apiserver says it, with the field. */
  readonly text: string;
  /** A new object with this field would be stored. */
  readonly isTransition: boolean;
};

type FieldText = Pick<RefusedField, 'field' | 'text'>;

export class WriteCheck {
  readonly #registry = new ResourceRegistry(builtinResources(new ClusterIpAllocator(['IPv4', 'IPv6'])));

  constructor(crds: readonly JsonObject[]) {
    for (const crd of crds) this.#registry.define(nameOf(crd), crd);
  }

  /** The versions that are served of a kind; [] where it is not known. */
  servedVersions(group: string, kind: string): readonly string[] {
    const served = this.#registry.all().filter((one) => one.group === group && one.kind === kind);
    return served.map(({ version }) => version);
  }

  /**
   * [] for an object that would be stored, or whose kind is not known. `before` is the stored object; null for a new one. A mistake that
   * it has is not refused again: so do CRDs since Kubernetes 1.30. A field that the kind does not have is refused, as by kubectl.
   */
  refusedFields(object: JsonObject, before: JsonObject | null): readonly RefusedField[] {
    const resource = this.#registry.findKind(textAt(object, 'apiVersion'), textAt(object, 'kind'));
    if (resource === undefined) return [];
    const asNew = new Set(errorsOf(object, null, resource).map(({ text }) => text));
    if (before === null)
      return errorsOf(object, null, resource).map((one) => ({ ...one, isTransition: false }));
    const stored = { ...before, apiVersion: object['apiVersion'] ?? '' };
    const known = new Set(errorsOf(stored, null, resource).map(({ text }) => text));
    return errorsOf(object, stored, resource)
      .filter(({ text }) => !known.has(text))
      .map((one) => ({ ...one, isTransition: !asNew.has(one.text) }));
  }
}

function errorsOf(
  object: JsonObject,
  before: JsonObject | null,
  resource: ServedResource,
): readonly FieldText[] {
  const unknown = prune(object, resource.schema).unknown.map((field) => ({
    field,
    text: `unknown field ${JSON.stringify(field)}`,
  }));
  const decoded = decodeObject(object, resource, { fieldValidation: 'Ignore' });
  if (!decoded.ok) return [...unknown, { field: '', text: decoded.error.message }];
  const stored = before === null ? null : decodeObject(before, resource, { fieldValidation: 'Ignore' });
  const hasOwnStatus = resource.hasStatus && !resource.statusOnCreate;
  const written = hasOwnStatus ? withKey(decoded.value.object, 'status', undefined) : decoded.value.object;
  const proposed = {
    ...{ object: written, subresource: '' as const },
    before: stored?.ok === true ? stored.value.object : null,
  };
  const invalid = checkWrite(proposed, resource).errors.map((error) => ({
    field: error.field === '<nil>' ? '' : error.field,
    text: fieldErrorText(error),
  }));
  return [...unknown, ...invalid];
}
