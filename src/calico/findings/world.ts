/** What there is to look at, and what is not known: a kind that the input does not hold is unknown, not empty. */
import { mapOf, metadataOf, nameOf, namespaceOf, type Raw, specOf, textOf } from '../../cluster/fields.ts';
import type { Pool } from '../../config/pool.ts';
import { readPool } from '../../config/pool.ts';
import { type AddressRange, rangeOfPrefix } from '../../net/range.ts';
import type { SecretRef } from '../objects/configuration.ts';
import { type Picture, type PictureOptions, pictureOf } from '../picture.ts';
import type { CalicoVersion } from '../version.ts';
import { type Backend, backendOf, calicoNamespace, imageVersion, routerIdIn } from './calico.ts';
import type { Edit, ObjectRef, Shortfall } from './finding.ts';
import { type HeldAddress, heldAddresses } from './held.ts';
import { mayRead } from './rights.ts';
import { shortfallsOf } from './shortfalls.ts';

/** Kinds that decide what Calico announces: all of them are there where the input is said to be complete. */
const CORE = new Set([
  ...['BGPConfiguration', 'BGPPeer', 'BGPFilter', 'IPPool', 'BlockAffinity', 'IPReservation'],
  ...['Node', 'Service', 'EndpointSlice', 'Secret', 'IPAddressPool'],
]);

export type WorldOptions = {
  readonly hashed: (name: string) => number;
  /** All kinds of `CORE` that are not in the input do not exist. */
  readonly complete?: boolean;
  /** Kinds that were read, even where none was found; and those that nobody was allowed to read. */
  readonly read?: ReadonlySet<string>;
  readonly forbidden?: ReadonlySet<string>;
  /** Overrides what the input says. */
  readonly version?: CalicoVersion | null;
  readonly namespace?: string;
};

export type World = {
  readonly of: (kind: string) => readonly Raw[];
  readonly knows: (kind: string) => boolean;
  readonly picture: Picture;
  readonly backend: Backend;
  /** Where calico-node reads Secrets. */
  readonly namespace: string;
  /** Of Berth. */
  readonly pools: readonly Pool[];
  readonly held: readonly HeldAddress[];
  readonly shortfalls: readonly Shortfall[];
  /** Null where that is not known. */
  readonly mayRead: (secret: SecretRef) => boolean | null;
};

/** `known` is the picture of these very objects, where somebody has it already. */
export function worldOf(objects: readonly Raw[], options: WorldOptions, known?: Picture): World {
  const byKind = new Map<string, Raw[]>();
  for (const raw of objects) {
    const kind = textOf(raw['kind']);
    const list = byKind.get(kind);
    if (list === undefined) byKind.set(kind, [raw]);
    else list.push(raw);
  }
  const of = (kind: string): readonly Raw[] => byKind.get(kind) ?? [];
  const knows = (kind: string): boolean =>
    options.forbidden?.has(kind) !== true &&
    ((kind === 'ClusterInformation' && isVersionKnown) ||
      byKind.has(kind) ||
      options.read?.has(kind) === true ||
      (options.complete === true && CORE.has(kind)));
  const isVersionKnown = options.version != null || imageVersion(of) !== null;
  const namespace = options.namespace ?? calicoNamespace(of);
  const readable = (ref: SecretRef): boolean | null => mayRead(of, namespace, ref.name);
  const backend = backendOf(of);
  const make = (): Picture =>
    pictureOf(objects, {
      ...versionFrom(of, options),
      namespace,
      routerId: routerIdIn(of),
      hashed: options.hashed,
      isOff: backend.runs === false,
      secret: (ref) => (readable(ref) === false ? null : secretValue(of, knows, namespace, ref)),
    });
  const picture = known ?? make();
  const held = heldAddresses(picture);
  return {
    of,
    knows,
    picture,
    backend,
    namespace,
    pools: of('IPAddressPool').flatMap((raw) => readPool(raw).pool ?? []),
    held,
    shortfalls: shortfallsOf(picture, held, knows),
    mayRead: readable,
  };
}

function versionFrom(of: World['of'], { version }: WorldOptions): Pick<PictureOptions, 'version'> {
  if (version !== undefined) return { version };
  const image = imageVersion(of);
  return image === null ? {} : { version: image };
}

/** What stands for a value that nobody showed us: one that every end of a session knows. */
const UNSEEN = 'unseen';

function secretValue(
  of: World['of'],
  knows: World['knows'],
  namespace: string,
  { name, key }: SecretRef,
): string | null {
  if (!knows('Secret')) return UNSEEN;
  const raw = of('Secret').find((one) => nameOf(one) === name && namespaceOf(one) === namespace);
  if (raw === undefined) return null;
  if (!showsKeys(raw)) return UNSEEN;
  const plain = mapOf(raw['stringData'])[key];
  if (plain !== undefined) return plain;
  const encoded = mapOf(raw['data'])[key];
  return encoded === undefined ? null : decoded(encoded);
}

/** One that was read without its content says nothing of its keys. */
export const showsKeys = (raw: Raw): boolean => raw['data'] !== undefined || raw['stringData'] !== undefined;

function decoded(text: string): string {
  try {
    return atob(text);
  } catch {
    return '';
  }
}

const VERSIONS: Readonly<Record<string, string>> = {
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

export const refTo = (kind: string, name: string, namespace = ''): ObjectRef => ({
  apiVersion: VERSIONS[kind] ?? 'projectcalico.org/v3',
  kind,
  namespace,
  name,
});

export function refOf(raw: Raw): ObjectRef {
  const [kind, version] = [textOf(raw['kind']), textOf(raw['apiVersion'])];
  const ref = refTo(kind, nameOf(raw), namespaceOf(raw));
  // Objects of the older group are the same objects; edits are for the one that people use.
  return version === '' || version.startsWith('crd.projectcalico.org/')
    ? ref
    : { ...ref, apiVersion: version };
}

export function serviceRef(key: string): ObjectRef {
  const slash = key.indexOf('/');
  return refTo('Service', key.slice(slash + 1), key.slice(0, slash));
}

export const poolRef = (world: World, name: string): ObjectRef => {
  const raw = world.of('IPAddressPool').find((one) => nameOf(one) === name);
  return raw === undefined ? refTo('IPAddressPool', name) : refOf(raw);
};

export const patchOf = (object: ObjectRef, patch: Raw): Edit => ({ do: 'patch', object, patch });

export const creation = (manifest: Raw): Edit => ({ do: 'create', object: refOf(manifest), manifest });

export const DEFAULT_CONFIGURATION = refTo('BGPConfiguration', 'default');

/** Sets fields of `default`, which may have to be made for it. */
export function configure(world: World, spec: Raw): Edit {
  const exists = world.of('BGPConfiguration').some((raw) => nameOf(raw) === 'default');
  if (exists) return patchOf(DEFAULT_CONFIGURATION, { spec });
  return creation({
    apiVersion: 'projectcalico.org/v3',
    kind: 'BGPConfiguration',
    metadata: { name: 'default' },
    spec: Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== null)),
  });
}

export const defaultSpec = (world: World): Raw =>
  specOf(world.of('BGPConfiguration').find((raw) => nameOf(raw) === 'default') ?? {});

export const rawNamed = (world: World, kind: string, name: string): Raw =>
  world.of(kind).find((raw) => nameOf(raw) === name) ?? {};

export const annotationsOf = (raw: Raw): Readonly<Record<string, string>> =>
  mapOf(metadataOf(raw)['annotations']);

/** The ranges that entries of a list cover. */
export const entryRanges = (
  entries: readonly { readonly prefix: Parameters<typeof rangeOfPrefix>[0] | null }[],
): readonly AddressRange[] =>
  entries.flatMap(({ prefix }) => (prefix === null ? [] : [rangeOfPrefix(prefix)]));
