/** Snapshot of a cluster that checks read. A kind that the input does not contain is unknown, not empty. */

import { type Raw, textOf } from '../../base/json.ts';
import { lazy } from '../../base/lazy.ts';
import { ownValue } from '../../base/own-value.ts';
import type { Pool } from '../../config/pool/pool.ts';
import type { ObjectEdit, ObjectRef } from '../../findings/finding.ts';
import type { KnownKinds } from '../../findings/read-kinds.ts';
import { type AddressRange, rangeOfPrefix } from '../../net/range.ts';
import { nameOf, namespaceOf, specOf } from '../../objects/metadata.ts';
import { splitServiceKey } from '../../objects/service.ts';
import {
  type ConvergedCluster,
  type ConvergenceOptions,
  convergeCluster,
} from '../cluster/converged-cluster.ts';
import { type ClusterObject, clusterObjectKind } from '../objects/cluster-object.ts';
import type { SecretRef } from '../objects/configuration.ts';
import type { CalicoNodeFields } from '../objects/nodes.ts';
import { hasSecretData, secretValue } from '../objects/secrets.ts';
import type { CalicoServiceFields } from '../objects/services.ts';
import type { CalicoVersion } from '../objects/version.ts';
import { type AssignedAddress, assignedAddresses } from './assigned-addresses.ts';
import {
  type BgpBackend,
  calicoNamespace,
  configuredClusterIPs,
  configuredRouterId,
  detectBackend,
  imageVersion,
  type ObjectsByKind,
} from './calico-installation.ts';
import { type MisdirectedAddress, misdirectedAddresses, nodesOfLearnedRoutes } from './delivery.ts';
import type { UnlearnedAddress } from './finding.ts';
import { canReadSecret } from './rbac.ts';
import { areRoutesKnown, unlearnedAddresses } from './unlearned-addresses.ts';

/** Kinds that decide what Calico announces: an input that is called complete has all of their objects. */
const CORE_KINDS = new Set([
  ...['BGPConfiguration', 'BGPPeer', 'BGPFilter', 'IPPool', 'BlockAffinity', 'IPReservation'],
  ...['Node', 'Service', 'EndpointSlice', 'Secret', 'IPAddressPool'],
]);

export type SnapshotOptions = {
  readonly hashRouterId: (name: string) => number;
  /** The input has all objects of `CORE_KINDS`. */
  readonly complete?: boolean;
  /** Kinds that were listed, even where none was found; and kinds that could not be listed. */
  readonly read?: ReadonlySet<string>;
  readonly forbidden?: ReadonlySet<string>;
  /** Overrides the version in the input. */
  readonly version?: CalicoVersion | null;
  readonly namespace?: string;
  /** Addresses and pools that speakers announce, so that Calico does not have to. */
  readonly announcedOtherwise?: {
    readonly addresses: ReadonlySet<string>;
    readonly pools: ReadonlySet<string>;
  };
};

export type ClusterSnapshot = KnownKinds & {
  /** Raw objects; those of kinds that are decoded are in `services`, `nodes` and `pools`. */
  readonly objectsOf: ObjectsByKind;
  readonly services: readonly CalicoServiceFields[];
  /** By name. */
  readonly nodes: ReadonlyMap<string, CalicoNodeFields>;
  readonly converged: ConvergedCluster;
  readonly backend: BgpBackend;
  /** The namespace where calico-node reads Secrets. */
  readonly namespace: string;
  /** Valid IPAddressPools, and the namespace of each by its name. */
  readonly pools: readonly Pool[];
  readonly poolNamespaces: ReadonlyMap<string, string>;
  readonly assigned: readonly AssignedAddress[];
  readonly unlearned: readonly UnlearnedAddress[];
  readonly misdirected: readonly MisdirectedAddress[];
  /** Addresses that some router does not learn or misdirects; null where that is unknown. */
  readonly undelivered: ReadonlySet<string> | null;
  /** Nodes that some router learns a route from, or sends traffic to; computed when first asked for. */
  readonly learnedNodes: () => ReadonlySet<string>;
  /** Null for unknown. */
  readonly canReadSecret: (secret: SecretRef) => boolean | null;
};

/** `cached` is the converged cluster of these objects, where it has been computed before. */
export function takeSnapshot(
  objects: readonly ClusterObject[],
  options: SnapshotOptions,
  cached?: ConvergedCluster,
): ClusterSnapshot {
  const kinds = new Set(objects.map(clusterObjectKind));
  const rawByKind = new Map<string, Raw[]>();
  for (const object of objects) {
    if (object.type !== 'raw') continue;
    const kind = clusterObjectKind(object);
    const list = rawByKind.get(kind);
    if (list === undefined) rawByKind.set(kind, [object.raw]);
    else list.push(object.raw);
  }
  const objectsOf = (kind: string): readonly Raw[] => rawByKind.get(kind) ?? [];
  const isKindKnown = (kind: string): boolean =>
    options.forbidden?.has(kind) !== true &&
    ((kind === 'ClusterInformation' && isVersionKnown) ||
      kinds.has(kind) ||
      options.read?.has(kind) === true ||
      (options.complete === true && CORE_KINDS.has(kind)));
  const isKindComplete = (kind: string): boolean =>
    isKindKnown(kind) &&
    (options.read?.has(kind) === true ||
      options.complete === true ||
      (kind === 'Node' && objects.every((one) => one.type !== 'node' || hasStatus(one.node))));
  const isVersionKnown = options.version != null || imageVersion(objectsOf) !== null;
  const namespace = options.namespace ?? calicoNamespace(objectsOf);
  const canRead = (ref: SecretRef): boolean | null => canReadSecret(objectsOf, namespace, ref.name);
  const backend = detectBackend(objectsOf, isKindComplete('DaemonSet'));
  const compute = (): ConvergedCluster =>
    convergeCluster(objects, {
      ...versionOption(objectsOf, options),
      namespace,
      routerId: configuredRouterId(objectsOf),
      clusterIPs: configuredClusterIPs(objectsOf)?.value ?? '',
      hashRouterId: options.hashRouterId,
      isOff: backend.isRunning === false,
      secret: (ref) =>
        canRead(ref) === false ? null : passwordOf(objectsOf, isKindComplete, namespace, ref),
    });
  const converged = cached ?? compute();
  const { announcedOtherwise } = options;
  const assigned = assignedAddresses(converged).filter(
    ({ text }) => announcedOtherwise?.addresses.has(text) !== true,
  );
  const knownKinds = { isKindKnown, isKindComplete };
  const decisive = lazy(() => decisiveKinds(objectsOf));
  const unlearned = unlearnedAddresses(converged, assigned, knownKinds);
  const misdirected = isKindKnown('EndpointSlice') ? misdirectedAddresses(converged, assigned) : [];
  return {
    ...{ objectsOf, isKindKnown, isKindComplete, unread: options.forbidden ?? new Set<string>() },
    decidedBy: (property) => PROPERTY_KINDS[property] ?? decisive(),
    converged,
    backend,
    namespace,
    services: objects.flatMap((one) => (one.type === 'service' ? [one.service] : [])),
    nodes: new Map(objects.flatMap((one) => (one.type === 'node' ? [[one.node.name, one.node]] : []))),
    pools: objects.flatMap((one) =>
      one.type === 'pool' && one.pool !== null && announcedOtherwise?.pools.has(one.name) !== true
        ? [one.pool]
        : [],
    ),
    poolNamespaces: new Map(
      objects.flatMap((one) => (one.type === 'pool' ? [[one.name, one.namespace]] : [])),
    ),
    assigned,
    unlearned,
    misdirected,
    undelivered: areRoutesKnown(knownKinds)
      ? new Set([...unlearned.map(({ address }) => address), ...misdirected.map((one) => one.assigned.text)])
      : null,
    learnedNodes: lazy(() => nodesOfLearnedRoutes(converged)),
    canReadSecret: canRead,
  };
}

const RBAC_KINDS: readonly string[] = ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'];

/** The kinds that decide a property of a snapshot; those of any other property decide what is announced. */
const PROPERTY_KINDS: Readonly<Record<string, readonly string[]>> = {
  ...{ isKindKnown: [], isKindComplete: [], unread: [], decidedBy: [], namespace: [] },
  ...{ services: ['Service'], nodes: ['Node'], pools: ['IPAddressPool'], poolNamespaces: ['IPAddressPool'] },
  ...{ backend: ['DaemonSet'], canReadSecret: RBAC_KINDS },
};

/** Kinds that decide what is announced. Secrets do only where one is named, and so do the rights to read it. */
function decisiveKinds(objectsOf: ObjectsByKind): readonly string[] {
  const specs = [...objectsOf('BGPPeer'), ...objectsOf('BGPConfiguration')].map(specOf);
  const hasPassword = specs.some((spec) => 'password' in spec || 'nodeMeshPassword' in spec);
  return [
    ...['BGPConfiguration', 'BGPPeer', 'BGPFilter', 'IPPool', 'BlockAffinity', 'IPReservation', 'Node'],
    ...['Service', 'EndpointSlice', 'IPAddressPool', 'ClusterInformation', 'DaemonSet'],
    ...(hasPassword ? ['Secret', ...RBAC_KINDS] : []),
  ];
}

function versionOption(
  objectsOf: ClusterSnapshot['objectsOf'],
  { version }: SnapshotOptions,
): Pick<ConvergenceOptions, 'version'> {
  if (version !== undefined) return { version };
  const image = imageVersion(objectsOf);
  return image === null ? {} : { version: image };
}

/** Nodes with a status come from an API server, and are then taken to be all of its Nodes. */
const hasStatus = ({ isReady, reportedAddresses }: CalicoNodeFields): boolean =>
  isReady !== null || reportedAddresses.length > 0;

/** Represents a value that could not be read: both ends of a session count as having it. */
const UNSEEN = 'unseen';

function passwordOf(
  objectsOf: ClusterSnapshot['objectsOf'],
  isKindComplete: ClusterSnapshot['isKindComplete'],
  namespace: string,
  { name, key }: SecretRef,
): string | null {
  const raw = objectsOf('Secret').find((one) => nameOf(one) === name && namespaceOf(one) === namespace);
  if (raw === undefined) return isKindComplete('Secret') ? null : UNSEEN;
  return hasSecretData(raw) ? secretValue(raw, key) : UNSEEN;
}

const API_VERSIONS: Readonly<Record<string, string>> = {
  Node: 'v1',
  Service: 'v1',
  Secret: 'v1',
  EndpointSlice: 'discovery.k8s.io/v1',
  IPAddressPool: 'metallb.io/v1beta1',
  Deployment: 'apps/v1',
  DaemonSet: 'apps/v1',
  Role: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
};

export const makeRef = (kind: string, name: string, namespace = ''): ObjectRef => ({
  apiVersion: ownValue(API_VERSIONS, kind) ?? 'projectcalico.org/v3',
  kind,
  namespace,
  name,
});

export function objectRefOf(raw: Raw): ObjectRef {
  const [kind, version] = [textOf(raw['kind']), textOf(raw['apiVersion'])];
  const ref = makeRef(kind, nameOf(raw), namespaceOf(raw));
  // Objects of crd.projectcalico.org are the same objects; edits use the group that people write.
  return version === '' || version.startsWith('crd.projectcalico.org/')
    ? ref
    : { ...ref, apiVersion: version };
}

export function serviceRef(key: string): ObjectRef {
  const { namespace, name } = splitServiceKey(key);
  return makeRef('Service', name, namespace);
}

export const poolRef = ({ poolNamespaces }: ClusterSnapshot, name: string): ObjectRef =>
  makeRef('IPAddressPool', name, poolNamespaces.get(name) ?? '');

export const patchOf = (object: ObjectRef, patch: Raw): ObjectEdit => ({ do: 'patch', object, patch });

export const creationOf = (manifest: Raw): ObjectEdit => ({
  do: 'create',
  object: objectRefOf(manifest),
  manifest,
});

export const DEFAULT_CONFIGURATION = makeRef('BGPConfiguration', 'default');

/** Sets fields of BGPConfiguration `default`, which is created where it does not exist. */
export function configure(snapshot: ClusterSnapshot, spec: Raw): ObjectEdit {
  const exists = snapshot.objectsOf('BGPConfiguration').some((raw) => nameOf(raw) === 'default');
  if (exists) return patchOf(DEFAULT_CONFIGURATION, { spec });
  return creationOf({
    apiVersion: 'projectcalico.org/v3',
    kind: 'BGPConfiguration',
    metadata: { name: 'default' },
    spec: Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== null)),
  });
}

export const defaultSpec = (snapshot: ClusterSnapshot): Raw =>
  specOf(snapshot.objectsOf('BGPConfiguration').find((raw) => nameOf(raw) === 'default') ?? {});

export const findObject = (snapshot: ClusterSnapshot, kind: string, name: string): Raw =>
  snapshot.objectsOf(kind).find((raw) => nameOf(raw) === name) ?? {};

/** The address ranges of the entries of a list. */
export const entryRanges = (
  entries: readonly { readonly prefix: Parameters<typeof rangeOfPrefix>[0] | null }[],
): readonly AddressRange[] =>
  entries.flatMap(({ prefix }) => (prefix === null ? [] : [rangeOfPrefix(prefix)]));
