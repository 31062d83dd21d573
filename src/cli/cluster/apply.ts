/**
 * Result of `kubectl apply` on a stored object (a three-way merge): fields of the manifest are set, fields that only the last
 * applied manifest had are removed, all others stay. A list is one value.
 */

import { fieldsOf, isObject, parseJsonOrNull, type Raw, textOf } from '../../base/json.ts';
import { ownValue, setOwnValue } from '../../base/own-value.ts';
import { metadataOf } from '../../objects/metadata.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Fields of metadata that only the API server writes. */
const SERVER_OWNED = ['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp'];

export function applyManifest(stored: Raw, manifest: Raw): Raw {
  const merged = threeWayMerge(readLastApplied(stored), manifest, stored);
  const storedMetadata = metadataOf(stored);
  const metadata: Record<string, unknown> = { ...metadataOf(merged) };
  for (const field of SERVER_OWNED) {
    if (storedMetadata[field] === undefined) delete metadata[field];
    else metadata[field] = storedMetadata[field];
  }
  // `status` is a subresource: an apply leaves it alone.
  return { ...merged, metadata, status: stored['status'] };
}

function readLastApplied(stored: Raw): Raw {
  // Without it, or if it cannot be read, no field is known to be removed.
  return fieldsOf(parseJsonOrNull(textOf(fieldsOf(metadataOf(stored)['annotations'])[LAST_APPLIED])));
}

const inner = (object: Raw, field: string): Raw => fieldsOf(ownValue(object, field));

function threeWayMerge(lastApplied: Raw, manifest: Raw, stored: Raw): Raw {
  const result: Record<string, unknown> = { ...stored };
  for (const field of Object.keys(lastApplied)) if (!Object.hasOwn(manifest, field)) delete result[field];
  for (const [field, value] of Object.entries(manifest)) {
    if (value === null) delete result[field];
    else if (isObject(value))
      setOwnValue(result, field, threeWayMerge(inner(lastApplied, field), value, inner(stored, field)));
    else setOwnValue(result, field, value);
  }
  return result;
}

/** `read` is a part of `stored`, as a command keeps it; an apply needs the last applied manifest, too. */
export function withLastApplied(read: Raw, stored: Raw): Raw {
  const lastApplied = fieldsOf(metadataOf(stored)['annotations'])[LAST_APPLIED];
  if (lastApplied === undefined) return read;
  const metadata = metadataOf(read);
  const annotations = { ...fieldsOf(metadata['annotations']), [LAST_APPLIED]: lastApplied };
  return { ...read, metadata: { ...metadata, annotations } };
}
