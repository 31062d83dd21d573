/**
 * Compares resource versions: decimal numbers of any length, larger when later (guaranteed within a resource since
 * Kubernetes 1.35, and always true with etcd). They are compared as text, since they may exceed 2^53.
 */

/** Negative where `a` is older than `b`, 0 where they are equal. */
export function compareResourceVersions(a: string, b: string): number {
  if (a === b) return 0;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}
