/** Media types of patches that the Kubernetes API accepts (apimachinery `types.PatchType`). */

/** RFC 6902. */
export const JSON_PATCH = 'application/json-patch+json';

/** RFC 7386. */
export const MERGE_PATCH = 'application/merge-patch+json';

/** Merges lists by the keys of their entries; for built-in kinds only. */
export const STRATEGIC_MERGE_PATCH = 'application/strategic-merge-patch+json';

/** Server-side apply. */
export const APPLY_PATCH = 'application/apply-patch+yaml';
