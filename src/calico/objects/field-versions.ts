/**
 * The versions that brought fields of Calico's kinds, from its tagged sources. The API server of an older version does not
 * know such a field, and drops it.
 */

import { fieldsOf, isObject, type Raw } from '../../base/json.ts';
import { ownValue } from '../../base/own-value.ts';
import { resourceKind } from '../../objects/resource-kind.ts';
import { type CalicoVersion, isBefore } from './version.ts';

/** The first version of each field, by kind. Within a kind, one name is one field at whatever depth. */
const FIRST_VERSIONS: Readonly<Record<string, Readonly<Record<string, CalicoVersion>>>> = {
  BGPConfiguration: {
    nodeMeshPassword: [3, 23, 0],
    nodeMeshMaxRestartTime: [3, 23, 0],
    bindMode: [3, 23, 0],
    ignoredInterfaces: [3, 25, 0],
    localWorkloadPeeringIPV4: [3, 30, 0],
    localWorkloadPeeringIPV6: [3, 30, 0],
    serviceLoadBalancerAggregation: [3, 31, 0],
    programClusterRoutes: [3, 32, 0],
    ipv4NormalRoutePriority: [3, 32, 0],
    ipv6NormalRoutePriority: [3, 32, 0],
  },
  BGPPeer: {
    numAllowedLocalASNumbers: [3, 23, 0],
    ttlSecurity: [3, 25, 0],
    reachableBy: [3, 25, 0],
    filters: [3, 26, 0],
    localWorkloadSelector: [3, 30, 0],
    nextHopMode: [3, 30, 2],
    reversePeering: [3, 30, 3],
    localASNumber: [3, 31, 0],
    keepaliveTime: [3, 32, 0],
  },
  BGPFilter: {
    source: [3, 27, 0],
    interface: [3, 27, 0],
    prefixLength: [3, 29, 0],
    peerType: [3, 32, 0],
    communities: [3, 32, 0],
    asPathPrefix: [3, 32, 0],
    priority: [3, 32, 0],
    operations: [3, 32, 0],
  },
};

export type NewerField = {
  /** Keys and indices from the object. */
  readonly path: readonly (string | number)[];
  readonly since: CalicoVersion;
};

/** The fields of the object that the version does not have; none where the version is not known. */
export function newerFields(raw: Raw, version: CalicoVersion | null): readonly NewerField[] {
  const first = ownValue(FIRST_VERSIONS, resourceKind(raw));
  return first === undefined || version === null ? [] : findNewer(raw['spec'], ['spec'], { first, version });
}

type Search = { readonly first: Readonly<Record<string, CalicoVersion>>; readonly version: CalicoVersion };

function findNewer(value: unknown, path: NewerField['path'], search: Search): readonly NewerField[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => findNewer(item, [...path, index], search));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([field, child]): readonly NewerField[] => {
    const since = ownValue(search.first, field);
    if (since !== undefined && isBefore(search.version, since)) return [{ path: [...path, field], since }];
    return findNewer(child, [...path, field], search);
  });
}

/** The object as the API server of the version stores it: without the fields that it does not have. */
export function asStoredBy(raw: Raw, version: CalicoVersion | null): Raw {
  if (newerFields(raw, version).length === 0) return raw;
  const first = ownValue(FIRST_VERSIONS, resourceKind(raw)) ?? {};
  return version === null ? raw : { ...raw, spec: withoutNewer(raw['spec'], { first, version }) };
}

function withoutNewer(value: unknown, search: Search): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutNewer(item, search));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(fieldsOf(value))
      .filter(([field]) => {
        const since = ownValue(search.first, field);
        return since === undefined || !isBefore(search.version, since);
      })
      .map(([field, child]) => [field, withoutNewer(child, search)]),
  );
}
