/** The stored objects that manifests of an edit replace. */
import type { Raw } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import { objectId } from '../../objects/object-id.ts';
import type { ClusterSource } from '../cluster/cluster-source.ts';
import { type DefaultNamespaces, refOf } from '../cluster/resource-ref.ts';

/** Finds the object that `manifest` replaces: null for a new one, undefined where that is not known. */
export type FindStored = (manifest: Raw) => Promise<Raw | null | undefined>;

/** `inputs` are the objects that routes depend on; an error, where they could not be read. */
export function storedFinder(
  source: ClusterSource,
  defaultNamespaces: DefaultNamespaces,
  inputs: readonly Result<{ readonly objects: readonly Raw[] } | null, string>[],
): FindStored {
  const isWhole = inputs.every(({ ok }) => ok);
  const byId = new Map(
    inputs.flatMap((input) =>
      input.ok && input.value !== null ? input.value.objects.map((raw) => [objectId(raw), raw] as const) : [],
    ),
  );
  return async (manifest) => {
    const ref = refOf(manifest, defaultNamespaces);
    if (ref === null) return byId.get(objectId(manifest)) ?? (isWhole ? null : undefined);
    const found = await source.findObject(ref);
    return found.ok ? found.value : undefined;
  };
}
