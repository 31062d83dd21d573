/** What is served, in the two ways clients ask for it: group by group, and all at once. */

import { groupVersion, type Resource } from './kinds/resource.ts';
import type { Registry } from './registry.ts';
import type { JsonObject } from './value.ts';

export const apiVersions = (): JsonObject => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [],
});

/** The groups that are served, each with its versions, best first. */
function groups(registry: Registry): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { group, version } of registry.all()) {
    const versions = found.get(group) ?? [];
    if (!versions.includes(version)) versions.push(version);
    found.set(group, versions);
  }
  for (const versions of found.values()) versions.sort(byPriority);
  return found;
}

/** GA before beta before alpha, then the higher number (apimachinery/pkg/version, `CompareKubeAwareVersionStrings`). */
export function byPriority(a: string, b: string): number {
  const rank = (text: string): readonly number[] => {
    const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(text);
    if (match === null) return [-1, 0, 0];
    const stage = match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0;
    return [stage, Number(match[1]), Number(match[3] ?? 0)];
  };
  const [x, y] = [rank(a), rank(b)];
  const differs = x.findIndex((value, i) => value !== y[i]);
  return differs < 0 ? 0 : (y[differs] ?? 0) - (x[differs] ?? 0);
}

const groupEntry = (group: string, versions: readonly string[]): JsonObject => {
  const listed = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: listed, preferredVersion: listed[0] ?? {} };
};

export const apiGroups = (registry: Registry): JsonObject => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: [...groups(registry)]
    .filter(([group]) => group !== '')
    .map(([group, versions]) => groupEntry(group, versions)),
});

/** One group; null where it is not served. */
export function groupOf(registry: Registry, group: string): JsonObject | null {
  const versions = groups(registry).get(group);
  return versions === undefined || group === ''
    ? null
    : { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(group, versions) };
}

/** The resources of one version of one group; null where there are none. */
export function apiResources(registry: Registry, group: string, version: string): JsonObject | null {
  const served = registry
    .all()
    .filter((resource) => resource.group === group && resource.version === version);
  const [first] = served;
  if (first === undefined) return null;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: groupVersion(first),
    resources: served.flatMap((resource) => [
      entryOf(resource),
      ...(resource.hasStatus ? [statusEntryOf(resource)] : []),
    ]),
  };
}

const entryOf = (resource: Resource): JsonObject => ({
  name: resource.plural,
  singularName: resource.singular,
  namespaced: resource.namespaced,
  kind: resource.kind,
  verbs: resource.verbs,
  ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
  ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
});

const STATUS_VERBS = ['get', 'patch', 'update'];

const statusEntryOf = (resource: Resource): JsonObject => ({
  name: `${resource.plural}/status`,
  singularName: '',
  namespaced: resource.namespaced,
  kind: resource.kind,
  verbs: STATUS_VERBS,
});

/** `apidiscovery.k8s.io/v2`: the core group (`core`) or all others. */
export function aggregatedDiscovery(registry: Registry, core: boolean): JsonObject {
  const wanted = [...groups(registry)].filter(([group]) => (group === '') === core);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: wanted.map(([group, versions]) => ({
      metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
      versions: versions.map((version) => ({
        version,
        freshness: 'Current',
        resources: registry
          .all()
          .filter((resource) => resource.group === group && resource.version === version)
          .map(aggregatedEntry),
      })),
    })),
  };
}

function aggregatedEntry(resource: Resource): JsonObject {
  const responseKind = { group: resource.group, version: resource.version, kind: resource.kind };
  return {
    resource: resource.plural,
    responseKind,
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
    ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
    ...(resource.hasStatus
      ? { subresources: [{ subresource: 'status', responseKind, verbs: STATUS_VERBS }] }
      : {}),
  };
}
