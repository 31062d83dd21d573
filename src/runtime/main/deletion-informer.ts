/** Watches one object that this process writes, so that it is written again when somebody deletes it. */
import type { Resource } from '../../kube/resource.ts';
import { nameOf, type ObjectVersion, versionOf } from '../../objects/metadata.ts';
import { Informer, type InformerContext } from './informer.ts';

type WatchedVersion = ObjectVersion & { readonly name: string };

export type DeletionInformer = Informer<WatchedVersion>;

/** Calls `deleted` when the object is gone. It needs the right to list and watch. */
export const deletionInformer = (
  context: InformerContext,
  {
    resource,
    namespace,
    name,
  }: { readonly resource: Resource; readonly namespace: string; readonly name: string },
  deleted: () => void,
): DeletionInformer =>
  new Informer<WatchedVersion>(
    context,
    {
      ...{ resource, namespace, fieldSelector: `metadata.name=${name}` },
      decode: (raw) => ({ ...versionOf(raw), name: nameOf(raw) }),
      keyOf: (one) => one.name,
    },
    { deleted },
  );
