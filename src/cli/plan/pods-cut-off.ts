/** Pods that an edit would cut off: findings about pod routes that the cluster does not have as it is now. */
import type { Finding } from '../../calico/findings/finding.ts';
import { POD_ROUTE_CODES } from '../../calico/findings/pod-routes.ts';
import type { ObjectRef } from '../../findings/finding.ts';

/** A sentence for each finding that is about a pool or a node more than before. */
export function findPodsCutOff(before: readonly Finding[], after: readonly Finding[]): readonly string[] {
  const known = new Set(before.flatMap(affected));
  return after
    .filter((finding) => affected(finding).some((one) => !known.has(one)))
    .map(({ problem, remedy }) => `${problem} ${remedy}`);
}

const affected = ({ code, concerns }: Finding): readonly string[] =>
  POD_ROUTE_CODES.has(code) ? concerns.map((ref) => `${code} ${keyOf(ref)}`) : [];

const keyOf = ({ kind, name }: ObjectRef): string => `${kind}/${name}`;
