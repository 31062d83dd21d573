/**
 * The fields of Calico's kinds that decide about BGP, from their Go types (`api/pkg/apis/projectcalico/v3`), with those of
 * Calico Enterprise. An API server drops or rejects other fields, so in files they show a mistake.
 */

import { fieldsOf, isObject, type Raw } from '../../base/json.ts';
import { ownValue } from '../../base/own-value.ts';
import { closestMatch } from '../../base/text.ts';
import { resourceKind } from '../../objects/resource-kind.ts';

/** Null for a field whose value is not checked further. The items of a list have the fields of the entry. */
export type FieldTree = { readonly [field: string]: FieldTree | null };

const leaves = (...names: readonly string[]): FieldTree =>
  Object.fromEntries(names.map((name) => [name, null]));

const PASSWORD: FieldTree = { secretKeyRef: leaves('name', 'key', 'optional') };
const RANGE = leaves('cidr');

const BGP_CONFIGURATION: FieldTree = {
  ...leaves('logSeverityScreen', 'nodeToNodeMeshEnabled', 'asNumber', 'serviceLoadBalancerAggregation'),
  ...leaves('listenPort', 'nodeMeshMaxRestartTime', 'bindMode', 'ignoredInterfaces', 'programClusterRoutes'),
  ...leaves('localWorkloadPeeringIPV4', 'localWorkloadPeeringIPV6', 'extensions'),
  ...leaves('ipv4NormalRoutePriority', 'ipv6NormalRoutePriority'),
  serviceLoadBalancerIPs: RANGE,
  serviceExternalIPs: RANGE,
  serviceClusterIPs: RANGE,
  communities: leaves('name', 'value'),
  prefixAdvertisements: leaves('cidr', 'communities'),
  nodeMeshPassword: PASSWORD,
};

const BGP_PEER: FieldTree = {
  ...leaves('node', 'nodeSelector', 'peerIP', 'asNumber', 'localASNumber', 'peerSelector', 'reversePeering'),
  ...leaves('keepOriginalNextHop', 'nextHopMode', 'sourceAddress', 'maxRestartTime', 'keepaliveTime'),
  ...leaves('numAllowedLocalASNumbers', 'ttlSecurity', 'reachableBy', 'filters', 'localWorkloadSelector'),
  ...leaves('birdGatewayMode', 'failureDetectionMode', 'restartMode', 'externalNetwork', 'extensions'),
  password: PASSWORD,
};

const FILTER_RULE: FieldTree = {
  ...leaves('cidr', 'source', 'interface', 'matchOperator', 'peerType', 'asPathPrefix', 'priority', 'action'),
  prefixLength: leaves('min', 'max'),
  communities: leaves('values'),
  operations: {
    addCommunity: leaves('value'),
    prependASPath: leaves('prefix'),
    setPriority: leaves('value'),
  },
};

const BGP_FILTER: FieldTree = {
  exportV4: FILTER_RULE,
  importV4: FILTER_RULE,
  exportV6: FILTER_RULE,
  importV6: FILTER_RULE,
};

const IP_POOL: FieldTree = {
  ...leaves('cidr', 'vxlanMode', 'ipipMode', 'natOutgoing', 'nat-outgoing', 'disabled', 'disableBGPExport'),
  ...leaves('blockSize', 'nodeSelector', 'namespaceSelector', 'allowedUses', 'assignmentMode', 'awsSubnetID'),
  ipip: leaves('enabled', 'mode'),
};

const SPECS: Readonly<Record<string, FieldTree>> = {
  BGPConfiguration: BGP_CONFIGURATION,
  BGPPeer: BGP_PEER,
  BGPFilter: BGP_FILTER,
  IPPool: IP_POOL,
  IPReservation: leaves('reservedCIDRs'),
};

/** Kinds whose fields are known. */
export const KINDS_WITH_KNOWN_FIELDS: readonly string[] = Object.keys(SPECS);

export type UnknownField = {
  /** Keys and indices from the object: `spec.exportV4[0].cdir` is `['spec', 'exportV4', 0, 'cdir']`. */
  readonly path: readonly (string | number)[];
  /** The field that was probably meant: one with nearly the same name. Null for none. */
  readonly nearest: string | null;
  /** A kind that has a field of this name; null for none. */
  readonly otherKind: string | null;
};

/** All fields of the object that its kind does not have; empty for a kind whose fields are not known. */
export function unknownFields(raw: Raw): readonly UnknownField[] {
  const kind = resourceKind(raw);
  const spec = ownValue(SPECS, kind);
  if (spec === undefined) return [];
  const tree = { ...leaves('apiVersion', 'kind', 'metadata', 'status'), spec };
  return findUnknown(raw, tree, []).map(({ path, siblings }) => {
    const name = String(path.at(-1));
    const nearest = closestMatch(name, siblings);
    const otherKind = KINDS_WITH_KNOWN_FIELDS.find(
      (other) => other !== kind && path.length === 2 && Object.hasOwn(SPECS[other] ?? {}, name),
    );
    return { path, nearest, otherKind: otherKind ?? null };
  });
}

type Found = { readonly path: UnknownField['path']; readonly siblings: readonly string[] };

function findUnknown(value: unknown, tree: FieldTree, path: UnknownField['path']): readonly Found[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => findUnknown(item, tree, [...path, index]));
  if (!isObject(value)) return [];
  return Object.entries(fieldsOf(value)).flatMap(([field, child]): readonly Found[] => {
    const childPath = [...path, field];
    if (!Object.hasOwn(tree, field)) return [{ path: childPath, siblings: Object.keys(tree) }];
    const childTree = tree[field] ?? null;
    return childTree === null ? [] : findUnknown(child, childTree, childPath);
  });
}

/** `spec.exportV4[0].cdir`. */
export const formatFieldPath = (path: UnknownField['path']): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );

/** `value` with the field at the path renamed, or removed where `name` is null or has a value already. */
export function renameField(value: unknown, path: UnknownField['path'], name: string | null): unknown {
  const [first, ...rest] = path;
  if (Array.isArray(value))
    return value.map((item, index) => (index === first ? renameField(item, rest, name) : item));
  const fields = fieldsOf(value);
  if (rest.length > 0 && typeof first === 'string')
    return { ...fields, [first]: renameField(fields[first], rest, name) };
  const { [String(first)]: moved, ...others } = fields;
  return name === null || Object.hasOwn(others, name) ? others : { ...others, [name]: moved };
}
