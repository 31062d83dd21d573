/** Discovery documents: one for each group and version, and the aggregated form (`apidiscovery.k8s.io/v2`). */

import { apiVersionOf } from '../../objects/api-group.ts';
import { EXTRA_SUBRESOURCES, type ExtraSubresource } from '../kinds/extra-subresource.ts';
import type { ResourceRegistry } from '../kinds/registry.ts';
import type { ServedResource } from '../kinds/served-resource.ts';
import type { JsonObject } from '../object/value.ts';

export const apiVersions = (): JsonObject => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [],
});

/** The served groups, each with its versions, the preferred one first. */
function versionsByGroup(registry: ResourceRegistry): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { group, version } of registry.all()) {
    const versions = found.get(group) ?? [];
    if (!versions.includes(version)) versions.push(version);
    found.set(group, versions);
  }
  for (const versions of found.values()) versions.sort(compareApiVersions);
  return found;
}

/** GA before beta before alpha, then the higher number (apimachinery/pkg/version, `CompareKubeAwareVersionStrings`). */
export function compareApiVersions(a: string, b: string): number {
  const rank = (text: string): readonly number[] => {
    const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(text);
    if (match === null) return [-1, 0, 0];
    const stage = match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0;
    return [stage, Number(match[1]), Number(match[3] ?? 0)];
  };
  const [x, y] = [rank(a), rank(b)];
  const firstDifference = x.findIndex((value, i) => value !== y[i]);
  return firstDifference < 0 ? 0 : (y[firstDifference] ?? 0) - (x[firstDifference] ?? 0);
}

const groupEntry = (group: string, versions: readonly string[]): JsonObject => {
  const listed = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: listed, preferredVersion: listed[0] ?? {} };
};

export const apiGroups = (registry: ResourceRegistry): JsonObject => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: [...versionsByGroup(registry)]
    .filter(([group]) => group !== '')
    .map(([group, versions]) => groupEntry(group, versions)),
});

/** One group; null where it is not served. */
export function apiGroup(registry: ResourceRegistry, group: string): JsonObject | null {
  const versions = versionsByGroup(registry).get(group);
  return versions === undefined || group === ''
    ? null
    : { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(group, versions) };
}

/** The resources of one version of one group; null where there are none. */
export function apiResources(registry: ResourceRegistry, group: string, version: string): JsonObject | null {
  const served = registry
    .all()
    .filter((resource) => resource.group === group && resource.version === version);
  const [first] = served;
  if (first === undefined) return null;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf(first),
    resources: served.flatMap((resource) => [
      resourceEntry(resource),
      ...(resource.hasStatus ? [statusResourceEntry(resource)] : []),
      ...resource.extraSubresources.map((name) => extraResourceEntry(resource, name)),
    ]),
  };
}

const resourceEntry = (resource: ServedResource): JsonObject => ({
  name: resource.plural,
  singularName: resource.singular,
  namespaced: resource.namespaced,
  kind: resource.kind,
  verbs: resource.verbs,
  ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
  ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
});

const STATUS_VERBS = ['get', 'patch', 'update'];

const statusResourceEntry = (resource: ServedResource): JsonObject => ({
  name: `${resource.plural}/status`,
  singularName: '',
  namespaced: resource.namespaced,
  kind: resource.kind,
  verbs: STATUS_VERBS,
});

const extraResourceEntry = (resource: ServedResource, name: ExtraSubresource): JsonObject => ({
  name: `${resource.plural}/${name}`,
  singularName: '',
  namespaced: resource.namespaced,
  ...EXTRA_SUBRESOURCES[name],
});

/** `apidiscovery.k8s.io/v2`: the core group (`core`) or all others. */
export function aggregatedDiscovery(registry: ResourceRegistry, core: boolean): JsonObject {
  const selected = [...versionsByGroup(registry)].filter(([group]) => (group === '') === core);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: selected.map(([group, versions]) => ({
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

function aggregatedEntry(resource: ServedResource): JsonObject {
  const responseKind = { group: resource.group, version: resource.version, kind: resource.kind };
  const subresources: readonly JsonObject[] = [
    ...(resource.hasStatus ? [{ subresource: 'status', responseKind, verbs: STATUS_VERBS }] : []),
    ...resource.extraSubresources.map((subresource) => {
      const { verbs, ...kind } = EXTRA_SUBRESOURCES[subresource];
      return { subresource, responseKind: kind, verbs };
    }),
  ];
  return {
    resource: resource.plural,
    responseKind,
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
    ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  };
}
