/** Port of what reads objects of a live cluster: collections and single objects. */
import type { Raw } from '../../base/json.ts';
import { type ApiOutcome, isNotFound } from '../../kube/http/api-request.ts';
import type { ListFailure, ResourceSelection } from '../../kube/informer/list.ts';
import { isAlwaysServed, type Resource } from '../../kube/resource.ts';

/** Objects of a collection, with their kind and version, and without what no command reads. */
export type ListedObjects = { readonly kind: 'ok'; readonly items: readonly Raw[] } | ListFailure;

/** A cluster-wide selection has no `namespace`. */
export type Collection = Pick<ResourceSelection, 'resource' | 'namespace'>;

/** Whether the server does not have the kind, so that there are no objects of it. */
export const isNotServed = (resource: Resource, listed: ListFailure | { readonly kind: 'ok' }): boolean =>
  isNotFound(listed) && !isAlwaysServed(resource);

export interface CollectionReader {
  list(collection: Collection): Promise<ListedObjects>;
  /** A single object, or a list of API resources, by its path. */
  get(path: string): Promise<ApiOutcome>;
}
