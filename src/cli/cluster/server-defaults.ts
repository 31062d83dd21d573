/**
 * Defaults that the API server sets when it stores a manifest, as far as addresses depend on them: cluster IPs and their
 * families, policies, uid and creation time.
 */

import type { Millis } from '../../base/clock.ts';
import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { SERVICES } from '../../kube/resource.ts';
import { metadataOf } from '../../objects/metadata.ts';
import { type ResourceRef, refKey } from './resource-ref.ts';

/** Address families of cluster IPs; the first is the default. */
export type ClusterFamilies = readonly [IpFamily] | readonly [IpFamily, IpFamily];

export type IpFamily = 'IPv4' | 'IPv6';

/** Placeholders for cluster IPs that are not allocated yet; documentation ranges (RFC 5737, RFC 3849). */
const PLACEHOLDER_CLUSTER_IPS: Readonly<Record<IpFamily, string>> = { IPv4: '192.0.2.0', IPv6: '2001:db8::' };

/** `wall` is the creation time of an object that is not stored yet. */
export function withServerDefaults(
  ref: ResourceRef,
  raw: Raw,
  { families, wall }: { readonly families: ClusterFamilies; readonly wall: Millis },
): Raw {
  const metadata = {
    // The API server writes whole seconds.
    creationTimestamp: `${new Date(wall).toISOString().slice(0, 19)}Z`,
    uid: `not stored yet: ${refKey(ref)}`,
    ...metadataOf(raw),
    name: ref.name,
    ...(ref.namespace === '' ? {} : { namespace: ref.namespace }),
  };
  const stored = { ...raw, metadata };
  return ref.resource === SERVICES
    ? { ...stored, spec: serviceSpec(fieldsOf(raw['spec']), families) }
    : stored;
}

function serviceSpec(spec: Raw, families: ClusterFamilies): Raw {
  const type = textOf(spec['type']) || 'ClusterIP';
  if (type === 'ExternalName') return { ...spec, type };
  const policy =
    textOf(spec['ipFamilyPolicy']) ||
    (listOf(spec['ipFamilies']).length > 1 ? 'RequireDualStack' : 'SingleStack');
  const ipFamilies = resolveFamilies(spec, policy, families);
  return {
    externalTrafficPolicy: 'Cluster',
    ...spec,
    type,
    ipFamilyPolicy: policy,
    ipFamilies: ipFamilies,
    clusterIPs: spec['clusterIP'] === 'None' ? ['None'] : clusterIPs(spec, ipFamilies),
  };
}

/** A dual-stack Service gets a second family if the cluster has one; a single-stack Service keeps its first only. */
function resolveFamilies(spec: Raw, policy: string, families: ClusterFamilies): readonly IpFamily[] {
  const specified = listOf(spec['ipFamilies']).filter(
    (one): one is IpFamily => one === 'IPv4' || one === 'IPv6',
  );
  const existing = existingClusterIPs(spec).map(familyOf);
  const first = specified[0] ?? existing[0] ?? families[0];
  if (policy === 'SingleStack') return [first];
  const second = specified[1] ?? families.find((one) => one !== first);
  return second === undefined ? [first] : [first, second];
}

const clusterIPs = (spec: Raw, families: readonly IpFamily[]): readonly string[] =>
  families.map(
    (family) =>
      existingClusterIPs(spec).find((ip) => familyOf(ip) === family) ?? PLACEHOLDER_CLUSTER_IPS[family],
  );

function existingClusterIPs(spec: Raw): readonly string[] {
  const clusterIPList = listOf(spec['clusterIPs']).map(textOf);
  return (clusterIPList.length > 0 ? clusterIPList : [textOf(spec['clusterIP'])]).filter(
    (ip) => ip !== '' && ip !== 'None',
  );
}

const familyOf = (ip: string): IpFamily => (ip.includes(':') ? 'IPv6' : 'IPv4');
