/** API groups, and their versions as objects name them. */

export type GroupVersion = {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
};

/** `apiVersion` of an object: `metallb.io/v1beta1`, or `v1` alone for the core group. */
export const apiVersionOf = ({ group, version }: GroupVersion): string =>
  group === '' ? version : `${group}/${version}`;

/** Reverses `apiVersionOf`. */
export function parseApiVersion(apiVersion: string): GroupVersion {
  const slash = apiVersion.indexOf('/');
  return { group: apiVersion.slice(0, Math.max(slash, 0)), version: apiVersion.slice(slash + 1) };
}

/** Calico's API groups: that of its API server, and that of its CRDs where there is none. Both hold the same objects. */
export const CALICO_GROUPS = [
  { group: 'projectcalico.org', version: 'v3' },
  { group: 'crd.projectcalico.org', version: 'v1' },
] as const;

export type CalicoGroup = (typeof CALICO_GROUPS)[number];

export const isCalicoGroup = (name: string): boolean => CALICO_GROUPS.some(({ group }) => group === name);
