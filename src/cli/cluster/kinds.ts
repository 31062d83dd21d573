/** The kinds of objects that an address depends on, and how people name one. */

import { err, ok, type Result } from '../../base/result.ts';
import { closest } from '../../base/text.ts';
import { metadataOf, type Raw, textOf } from '../../cluster/fields.ts';
import {
  BGP_ADVERTISEMENTS,
  L2_ADVERTISEMENTS,
  NAMESPACES,
  POOLS,
  type Resource,
  SERVICES,
} from '../../kube/resource.ts';

const KINDS = [SERVICES, POOLS, NAMESPACES, L2_ADVERTISEMENTS, BGP_ADVERTISEMENTS] as const;

/** As `kubectl` takes them, besides kind and plural. */
const SHORT: ReadonlyMap<string, Resource> = new Map([
  ['svc', SERVICES],
  ['pool', POOLS],
  ['ns', NAMESPACES],
]);

/** Where an object is. `namespace` is '' for what lives in none. */
export type Ref = { readonly resource: Resource; readonly namespace: string; readonly name: string };

/** Namespaces for objects that name none. */
export type Homes = {
  /** Of Services. */
  readonly services: string;
  /** Of pools and advertisements: the one that the controller looks in. */
  readonly pools: string;
};

/** Null where no address depends on such a kind. */
export function refOf(raw: Raw, homes: Homes): Ref | null {
  const version = textOf(raw['apiVersion']);
  const group = version.includes('/') ? version.slice(0, version.indexOf('/')) : '';
  const resource = KINDS.find((one) => one.kind === raw['kind'] && one.group === group);
  if (resource === undefined) return null;
  const { name, namespace } = metadataOf(raw);
  return { resource, namespace: textOf(namespace) || homeOf(resource, homes), name: textOf(name) };
}

/** Kinds beside ours that live in a namespace, and matter for what is announced. */
const OTHERS_AT_HOME: ReadonlySet<string> = new Set(['EndpointSlice', 'Secret']);

/** The same object, in the namespace where it would be stored. */
export function housed(raw: Raw, homes: Homes): Raw {
  const metadata = metadataOf(raw);
  if (textOf(metadata['namespace']) !== '') return raw;
  const ref = refOf(raw, homes);
  const namespace = ref?.namespace ?? (OTHERS_AT_HOME.has(textOf(raw['kind'])) ? homes.services : '');
  return namespace === '' ? raw : { ...raw, metadata: { ...metadata, namespace } };
}

function homeOf(resource: Resource, homes: Homes): string {
  if (!resource.namespaced) return '';
  return resource === SERVICES ? homes.services : homes.pools;
}

/** `KIND/NAME`, or `KIND/NAMESPACE/NAME`. */
export function parseRef(text: string, homes: Homes): Result<Ref, string> {
  const [kind = '', ...rest] = text.split('/');
  const resource = resourceNamed(kind);
  if (resource === null) {
    const near = closest(
      kind,
      KINDS.map((one) => one.kind.toLowerCase()),
    );
    const hint =
      near === null ? `known are ${KINDS.map((one) => one.kind).join(', ')}` : `did you mean ${near}?`;
    return err(`${JSON.stringify(text)}: no address depends on a ${JSON.stringify(kind)}; ${hint}`);
  }
  const [first = '', second] = rest;
  const isTwo = second !== undefined && resource.namespaced;
  if (first === '' || second === '' || rest.length > (resource.namespaced ? 2 : 1)) {
    const ways = resource.namespaced ? 'KIND/NAME or KIND/NAMESPACE/NAME' : 'KIND/NAME';
    return err(`${JSON.stringify(text)} should be ${ways}`);
  }
  return ok({
    resource,
    namespace: isTwo ? first : homeOf(resource, homes),
    name: isTwo ? second : first,
  });
}

function resourceNamed(text: string): Resource | null {
  const name = text.toLowerCase();
  const found = KINDS.find(({ kind, plural }) => kind.toLowerCase() === name || plural === name);
  return found ?? SHORT.get(name) ?? null;
}

/** For sentences: `Service shop/web`, `Namespace shop`. */
export const describeRef = ({ resource, namespace, name }: Ref): string =>
  `${resource.kind} ${namespace === '' ? name : `${namespace}/${name}`}`;

export const keyOfRef = ({ resource, namespace, name }: Ref): string =>
  `${resource.plural}/${namespace}/${name}`;
