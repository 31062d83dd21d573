/**
 * Stand-ins for objects that the input does not show, though others refer to them: people rarely hand over Secrets, and files
 * show a part of a cluster. Without the stand-ins, what refers to them would be taken for invalid.
 */
import { fieldsOf, type Raw, textOf, textsOf } from '../base/json.ts';
import type { EndpointSlice } from '../objects/endpoint-slice.ts';
import { nameOf, namespaceOf, specOf } from '../objects/metadata.ts';
import type { Node } from '../objects/node.ts';
import { objectsOfKind } from '../objects/resource-kind.ts';
import { type Service, splitServiceKey } from '../objects/service.ts';

/** What is known of the objects that the input does not show. */
export type AbsenceKnowledge = {
  /** Kinds of which the input has all objects. */
  readonly completeKinds: ReadonlySet<string>;
  /** Objects that do not exist: an edit deleted them. */
  readonly deleted?: readonly Raw[];
};

type Known = AbsenceKnowledge & { readonly namespace: string };

/** `objects` are of the kind; only names that none of them has in the namespace, and that were not deleted, are added. */
function withAssumed(
  objects: readonly Raw[],
  kind: string,
  wanted: readonly Raw[],
  { namespace, completeKinds, deleted = [] }: Known,
): readonly Raw[] {
  if (completeKinds.has(kind)) return objects;
  const shown = [...objects, ...objectsOfKind(deleted, kind)];
  const known = new Set(shown.filter((raw) => namespaceOf(raw) === namespace).map(nameOf));
  return [...objects, ...wanted.filter((raw) => !known.has(nameOf(raw)))];
}

export function withAssumedSecrets(
  secrets: readonly Raw[],
  peers: readonly Raw[],
  known: Known,
): readonly Raw[] {
  const names = referenced(peers, (spec) => [textOf(fieldsOf(spec['passwordSecret'])['name'])]);
  const assumed = names.map((name) => ({
    metadata: { name, namespace: known.namespace },
    type: 'kubernetes.io/basic-auth',
    stringData: { password: 'not read' },
  }));
  return withAssumed(secrets, 'Secret', assumed, known);
}

export function withAssumedProfiles(
  profiles: readonly Raw[],
  peers: readonly Raw[],
  known: Known,
): readonly Raw[] {
  const names = profiles.length > 0 ? [] : referenced(peers, (spec) => [textOf(spec['bfdProfile'])]);
  const assumed = names.map((name) => ({ metadata: { name, namespace: known.namespace }, spec: {} }));
  return withAssumed(profiles, 'BFDProfile', assumed, known);
}

/** Aliases of communities, where the input has no Community at all. */
export function withAssumedCommunities(
  communities: readonly Raw[],
  advertisements: readonly Raw[],
  known: Known,
): readonly Raw[] {
  if (communities.length > 0) return communities;
  const aliases = referenced(advertisements, (spec) => textsOf(spec['communities'])).filter(
    (text) => !text.includes(':'),
  );
  const assumed = {
    metadata: { name: 'assumed', namespace: known.namespace },
    spec: { communities: aliases.map((name) => ({ name, value: '0:0' })) },
  };
  return aliases.length === 0 ? [] : withAssumed([], 'Community', [assumed], known);
}

/** A ready endpoint on every node for each Service, in a range for documentation (RFC 5737), where the input has no slice at all. */
export function withAssumedSlices(
  slices: readonly EndpointSlice[],
  services: readonly Service[],
  nodes: readonly Node[],
  { completeKinds }: Known,
): readonly EndpointSlice[] {
  if (slices.length > 0 || completeKinds.has('EndpointSlice')) return slices;
  // One list for all: what is read from it is remembered.
  const endpoints = nodes.map(({ name: node }) => ({
    ...{ node, addresses: ['192.0.2.0'], isReady: true, isServing: true },
  }));
  return services.map(({ key }) => ({
    ...{ namespace: splitServiceKey(key).namespace, name: key, service: key, addressType: 'IPv4' },
    endpoints,
  }));
}

const referenced = (
  objects: readonly Raw[],
  namesIn: (spec: Raw) => readonly string[],
): readonly string[] => [
  ...new Set(objects.flatMap((raw) => namesIn(specOf(raw))).filter((name) => name !== '')),
];
