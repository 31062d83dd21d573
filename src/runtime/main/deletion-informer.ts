/** Watches one object that this process writes, so that it is written again when somebody deletes it. */
import type { Resource } from '../../kube/resource.ts';
import { nameOf, type ObjectVersion, versionOf } from '../../objects/metadata.ts';
import { Informer, type InformerContext } from './informer.ts';

type WatchedVersion = ObjectVersion & { readonly name: string };

export type DeletionInformer = Informer<WatchedVersion>;

/**
 * Calls `deleted` when the object is gone, and after each list that is without it: it may have been written and deleted before
 * the first list. So `deleted` may be called while there is nothing to write yet, and more than once. It needs the right to list
 * and watch.
 */
export function deletionInformer(
  context: InformerContext,
  {
    resource,
    namespace,
    name,
  }: { readonly resource: Resource; readonly namespace: string; readonly name: string },
  deleted: () => void,
): DeletionInformer {
  const informer = new Informer<WatchedVersion>(context, {
    ...{ resource, namespace, fieldSelector: `metadata.name=${name}` },
    decode: (raw) => ({ ...versionOf(raw), name: nameOf(raw) }),
    keyOf: (one) => one.name,
  });
  informer.subscribe({
    deleted,
    listed: () => {
      if (informer.store.get(name) === undefined) deleted();
    },
  });
  return informer;
}
