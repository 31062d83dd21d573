/** References to objects that addresses depend on, parsed from `KIND/NAME` or read from a manifest. */

import { type Raw, textOf } from '../../base/json.ts';
import { escapeControls } from '../../base/printable.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { didYouMean } from '../../base/text.ts';
import {
  BGP_ADVERTISEMENTS,
  IP_ADDRESS_POOLS,
  L2_ADVERTISEMENTS,
  NAMESPACES,
  type Resource,
  SERVICES,
  SPEAKER_STATUSES,
} from '../../kube/resource.ts';
import { parseApiVersion } from '../../objects/api-group.ts';
import { metadataOf } from '../../objects/metadata.ts';

const KINDS = [SERVICES, IP_ADDRESS_POOLS, NAMESPACES, L2_ADVERTISEMENTS, BGP_ADVERTISEMENTS] as const;

/** Names of the kinds that addresses depend on. */
export const ADDRESS_KINDS: readonly string[] = KINDS.map(({ kind }) => kind);

/** Short names, besides kind and plural. */
const SHORT_NAMES: ReadonlyMap<string, Resource> = new Map([
  ['svc', SERVICES],
  ['pool', IP_ADDRESS_POOLS],
  ['ns', NAMESPACES],
]);

/** `namespace` is '' for a cluster-scoped object. */
export type ResourceRef = { readonly resource: Resource; readonly namespace: string; readonly name: string };

/** Namespaces of objects that name none. */
export type DefaultNamespaces = {
  /** Of Services. */
  readonly services: string;
  /** Of pools and advertisements: the controller's. */
  readonly pools: string;
};

/** By the flags of a command; `context` is the namespace of the kubeconfig, null where there is none. */
export const defaultNamespacesOf = (
  flags: { readonly namespace: string; readonly 'pool-namespace': string },
  context: string | null,
): DefaultNamespaces => ({
  services: flags.namespace || context || 'default',
  pools: flags['pool-namespace'],
});

/** Null if no address depends on the kind. */
export function refOf(raw: Raw, defaultNamespaces: DefaultNamespaces): ResourceRef | null {
  const { group } = parseApiVersion(textOf(raw['apiVersion']));
  const resource = KINDS.find((one) => one.kind === raw['kind'] && one.group === group);
  if (resource === undefined) return null;
  const { name, namespace } = metadataOf(raw);
  return {
    resource,
    namespace: textOf(namespace) || defaultNamespaceOf(resource, defaultNamespaces),
    name: textOf(name),
  };
}

/** Other namespaced kinds that routes depend on. */
const OTHER_NAMESPACED_KINDS: ReadonlySet<string> = new Set(['EndpointSlice', 'Secret']);

/** The same object, in the namespace where it would be stored. */
export function withDefaultNamespace(raw: Raw, defaultNamespaces: DefaultNamespaces): Raw {
  const metadata = metadataOf(raw);
  if (textOf(metadata['namespace']) !== '') return raw;
  const ref = refOf(raw, defaultNamespaces);
  const namespace = ref?.namespace ?? otherNamespaceOf(raw, defaultNamespaces);
  return namespace === '' ? raw : { ...raw, metadata: { ...metadata, namespace } };
}

/** Of a kind that is no `ResourceRef`: all of metallb.io and berth.dev are the speakers'. */
function otherNamespaceOf(raw: Raw, { services, pools }: DefaultNamespaces): string {
  const { group } = parseApiVersion(textOf(raw['apiVersion']));
  if (group === IP_ADDRESS_POOLS.group || group === SPEAKER_STATUSES.group) return pools;
  return OTHER_NAMESPACED_KINDS.has(textOf(raw['kind'])) ? services : '';
}

function defaultNamespaceOf(resource: Resource, defaultNamespaces: DefaultNamespaces): string {
  if (!resource.namespaced) return '';
  return resource === SERVICES ? defaultNamespaces.services : defaultNamespaces.pools;
}

/**
 * `KIND/NAME`, or `KIND/NAMESPACE/NAME`, where the kind may have its group: `ipaddresspool.metallb.io`. `otherKinds` are those that
 * the caller takes besides, for the error.
 */
export function parseRef(
  text: string,
  defaultNamespaces: DefaultNamespaces,
  otherKinds: readonly string[] = [],
): Result<ResourceRef, string> {
  const [kindText = '', ...rest] = text.split('/');
  const dot = kindText.indexOf('.');
  const kind = dot < 0 ? kindText : kindText.slice(0, dot);
  const resource = resourceNamed(kind);
  if (resource === null) return err(unknownKindText(text, kind, otherKinds));
  const group = dot < 0 ? resource.group : kindText.slice(dot + 1);
  if (group !== resource.group) return err(otherGroupText(text, kind, resource));
  const [first = '', second] = rest;
  const hasNamespace = second !== undefined && resource.namespaced;
  if (first === '' || second === '' || rest.length > (resource.namespaced ? 2 : 1)) {
    const form = resource.namespaced ? 'KIND/NAME or KIND/NAMESPACE/NAME' : 'KIND/NAME';
    return err(`${JSON.stringify(text)} should be ${form}`);
  }
  return ok({
    resource,
    namespace: hasNamespace ? first : defaultNamespaceOf(resource, defaultNamespaces),
    name: hasNamespace ? second : first,
  });
}

function unknownKindText(text: string, kind: string, otherKinds: readonly string[]): string {
  const kinds = [...ADDRESS_KINDS, ...otherKinds];
  const hint = didYouMean(
    kind.toLowerCase(),
    kinds.map((one) => one.toLowerCase()),
  );
  const quoted = JSON.stringify(text);
  if (hint === null && !text.includes('/'))
    return `${quoted} has no kind: write KIND/NAME, such as ${IP_ADDRESS_POOLS.kind.toLowerCase()}/${escapeControls(text)}`;
  const known = hint ?? `known are ${kinds.join(', ')}`;
  // Some have an effect all the same: without its DaemonSet, no speaker runs.
  return otherKinds.length > 0
    ? `${quoted}: what the deletion of a ${JSON.stringify(kind)} changes is not predicted; ${known}`
    : `${quoted}: no address depends on a ${JSON.stringify(kind)}; ${known}`;
}

function otherGroupText(text: string, kind: string, { kind: known, group }: Resource): string {
  const spelled = group === '' ? kind : `${kind}.${group}`;
  const where = group === '' ? 'the core of Kubernetes' : `the group ${group}`;
  return `${JSON.stringify(text)}: the ${known} that addresses depend on is of ${where}; write ${escapeControls(spelled)}`;
}

function resourceNamed(text: string): Resource | null {
  const name = text.toLowerCase();
  const found = KINDS.find(({ kind, plural }) => kind.toLowerCase() === name || plural === name);
  return found ?? SHORT_NAMES.get(name) ?? null;
}

/** For sentences: `Service shop/web`, `Namespace shop`. */
export const describeRef = ({ resource, namespace, name }: ResourceRef): string =>
  `${resource.kind} ${namespace === '' ? name : `${namespace}/${name}`}`;

export const refKey = ({ resource, namespace, name }: ResourceRef): string =>
  `${resource.plural}/${namespace}/${name}`;
