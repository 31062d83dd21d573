/** An object as somebody would write it: without what the API server and controllers added, which an edit leaves alone. */
import { fieldsOf, type Raw } from '../../base/json.ts';
import { metadataOf } from '../../objects/metadata.ts';
import type { ResourceRef } from '../cluster/resource-ref.ts';

/** Of `metadata`: set by the API server. */
const SERVER_FIELDS: ReadonlySet<string> = new Set([
  ...['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields', 'selfLink'],
  ...['ownerReferences', 'finalizers', 'deletionTimestamp', 'deletionGracePeriodSeconds'],
]);
/** What kubectl remembers of the last apply. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

export function writtenObject({ resource }: Pick<ResourceRef, 'resource'>, raw: Raw): Raw {
  const { apiVersion, kind, metadata: _, status: __, ...rest } = raw;
  const metadata = Object.entries(metadataOf(raw)).filter(([name]) => !SERVER_FIELDS.has(name));
  const annotations = Object.entries(fieldsOf(metadataOf(raw)['annotations'])).filter(
    ([name]) => name !== LAST_APPLIED,
  );
  return {
    // Objects of a list have neither.
    apiVersion: apiVersion ?? `${resource.group === '' ? '' : `${resource.group}/`}${resource.version}`,
    kind: kind ?? resource.kind,
    metadata: Object.fromEntries(
      metadata.flatMap(([name, value]) => {
        if (name !== 'annotations') return [[name, value]];
        return annotations.length === 0 ? [] : [[name, Object.fromEntries(annotations)]];
      }),
    ),
    ...rest,
  };
}
