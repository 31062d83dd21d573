/**
 * What `kubectl apply` would make of an object that is already there: fields that the manifest names are set,
 * fields that the last applied manifest named and this one does not are removed, and the rest stays. Lists count
 * as one value.
 */

import { fieldsOf, isObject, type Raw, textOf } from '../../base/json.ts';
import { metadataOf } from '../../objects/metadata.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** What nobody writes but the API server. */
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
  const text = textOf(fieldsOf(metadataOf(stored)['annotations'])[LAST_APPLIED]);
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return {}; // never applied, or somebody wrote nonsense there: then nothing is known to be removed
  }
}

/** `before` is what was applied last, `wanted` what is applied now, `stored` what is there. */
function threeWayMerge(lastApplied: Raw, manifest: Raw, stored: Raw): Raw {
  const result: Record<string, unknown> = { ...stored };
  for (const field of Object.keys(lastApplied)) if (!Object.hasOwn(manifest, field)) delete result[field];
  for (const [field, value] of Object.entries(manifest)) {
    if (value === null) delete result[field];
    else if (isObject(value))
      result[field] = threeWayMerge(fieldsOf(lastApplied[field]), value, fieldsOf(stored[field]));
    else result[field] = value;
  }
  return result;
}
