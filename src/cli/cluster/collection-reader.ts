/** Port of what reads objects of a live cluster: collections and single objects. */
import type { Raw } from '../../base/json.ts';
import { type ApiOutcome, describeOutcome, isNotFound } from '../../kube/http/api-request.ts';
import type { ListFailure, ResourceSelection } from '../../kube/informer/list.ts';
import { isAlwaysServed, type Resource } from '../../kube/resource.ts';

/** Objects of a collection, with their kind and version, and without what no command reads. */
export type ListedObjects = { readonly kind: 'ok'; readonly items: readonly Raw[] } | ReadFailure;

/** The same of a server, where nothing stands in for the objects. */
export type StoredObjects = Exclude<ListedObjects, { readonly kind: 'unconfigured' }>;

/** `unconfigured`: what stands in for the objects cannot be read. `because` is a sentence without a full stop. */
export type ReadFailure = ListFailure | { readonly kind: 'unconfigured'; readonly because: string };

/** Why objects could not be read: a sentence without a full stop. */
export const unreadText = (
  { plural }: Pick<Resource, 'plural'>,
  failure: ReadFailure,
  verb = 'read',
): string =>
  failure.kind === 'unconfigured'
    ? failure.because
    : `${plural} cannot be ${verb}: ${describeOutcome(failure)}`;

/** The end of a sentence about it. */
export const describeFailure = (failure: ReadFailure): string =>
  failure.kind === 'unconfigured' ? failure.because : describeOutcome(failure);

/** A cluster-wide selection has no `namespace`. */
export type Collection = Pick<ResourceSelection, 'resource' | 'namespace'>;

/** Whether the server does not have the kind, so that there are no objects of it. */
export const isNotServed = (resource: Resource, listed: ReadFailure | { readonly kind: 'ok' }): boolean =>
  listed.kind === 'refused' && isNotFound(listed) && !isAlwaysServed(resource);

export interface CollectionReader {
  list(collection: Collection): Promise<ListedObjects>;
  /** A single object, or a list of API resources, by its path. */
  get(path: string): Promise<ApiOutcome>;
}
