/** Sentences about objects that do not exist, with the name that was probably meant. */
import { type Raw, textOf } from '../../base/json.ts';
import { didYouMean, withHint } from '../../base/text.ts';
import { groupOf, METALLB_GROUP } from '../../delivery/speaker-cluster.ts';
import {
  BGP_ADVERTISEMENTS,
  IP_ADDRESS_POOLS,
  L2_ADVERTISEMENTS,
  NAMESPACES,
  type Resource,
  SERVICES,
  SPEAKER_STATUSES,
} from '../../kube/resource.ts';
import { type ServiceKey, serviceKey } from '../../objects/service.ts';
import { suggestService } from '../../objects/service-suggestion.ts';
import { isServedGroup, unservedKinds } from '../../objects/unserved-kinds.ts';
import { DOCTOR_KINDS } from './calico-kinds.ts';
import type { ClusterState } from './cluster-state.ts';
import { ADDRESS_KINDS, type ResourceRef } from './resource-ref.ts';

export function serviceNotFoundText(key: ServiceKey, state: ClusterState): string {
  const rest = state.services.size > 0 ? 'berth explain service -A lists all of type LoadBalancer' : null;
  return withHint(`there is no Service ${key}`, suggestService(key, namesOf(state)) ?? rest);
}

/** The end of a sentence about an object that does not exist; null if nothing is similar. */
export function suggestObject(state: ClusterState, ref: ResourceRef): string | null {
  if (ref.resource === SERVICES) return suggestService(serviceKey(ref.namespace, ref.name), namesOf(state));
  return didYouMean(ref.name, state.namesOf(ref.resource)) ?? suggestNamesake(state, ref);
}

/** An object of the name that is of another kind, or a pool that is in another namespace. */
function suggestNamesake(state: ClusterState, { resource, name }: ResourceRef): string | null {
  const elsewhere = resource === IP_ADDRESS_POOLS ? state.ignoredPools.get(name) : undefined;
  if (elsewhere !== undefined)
    return `there is one in the namespace ${elsewhere.namespace}: add --pool-namespace ${elsewhere.namespace} if the controller runs there`;
  const namesake = CONFUSED.find((one) => one !== resource && [...state.namesOf(one)].includes(name));
  return namesake === undefined ? null : `did you mean ${namesake.kind.toLowerCase()}/${name}?`;
}

/** Kinds of which one is taken for another. */
const CONFUSED: readonly Resource[] = [IP_ADDRESS_POOLS, L2_ADVERTISEMENTS, BGP_ADVERTISEMENTS, NAMESPACES];

const namesOf = ({ services, namespaces }: ClusterState) => ({
  services: services.keys(),
  namespaces: namespaces.keys(),
});

/** Kinds that some command reads from files. */
export const READ_KINDS: ReadonlySet<string> = new Set([...ADDRESS_KINDS, ...DOCTOR_KINDS]);

/** Kinds of Calico that exist, are not read, and resemble one that is. */
const UNREAD_KINDS: ReadonlySet<string> = new Set(['IPAMConfiguration']);

/** API groups whose kinds are read. A group whose name is almost one of them is a mistake. */
const READ_GROUPS: ReadonlySet<string> = new Set([
  METALLB_GROUP,
  'projectcalico.org',
  'crd.projectcalico.org',
]);

/**
 * Sentences about objects in files that were meant to be read and are not, since their kind or group is almost one that is:
 * the API server would refuse them. `known` are the kinds that the command reads.
 */
export const misspelledObjects = (objects: readonly Raw[], known: ReadonlySet<string>): readonly string[] => [
  ...misspelledKinds(
    objects.filter(isOfReadGroup).map((raw) => textOf(raw['kind'])),
    known,
  ),
  ...misspelledGroups(objects),
  ...unservedKinds(objects),
];

/** The same, for a command that reads every kind. */
export const findMisspelled = (objects: readonly Raw[]): readonly string[] =>
  misspelledObjects(objects, READ_KINDS);

/** Of a group that is read, or almost. Other groups have kinds of their own: a BgpPeer of OpenELB is no misspelled BGPPeer. */
function isOfReadGroup(raw: Raw): boolean {
  const group = groupOf(raw);
  return isServedGroup(group) || group === SPEAKER_STATUSES.group || didYouMean(group, READ_GROUPS) !== null;
}

function misspelledGroups(objects: readonly Raw[]): readonly string[] {
  const sentences = objects.flatMap((raw) => {
    const [kind, group] = [textOf(raw['kind']), groupOf(raw)];
    if (!READ_KINDS.has(kind) || READ_GROUPS.has(group)) return [];
    const hint = didYouMean(group, READ_GROUPS);
    return hint === null ? [] : [`kind ${kind} of the group ${group} is unknown and ignored: ${hint}`];
  });
  return [...new Set(sentences)];
}

function misspelledKinds(kinds: readonly string[], known: ReadonlySet<string>): readonly string[] {
  return [...new Set(kinds)].flatMap((kind) => {
    if (known.has(kind) || UNREAD_KINDS.has(kind)) return [];
    const sameIgnoringCase = [...known].find((one) => one.toLowerCase() === kind.toLowerCase());
    const hint =
      sameIgnoringCase !== undefined
        ? `did you mean ${sameIgnoringCase}?`
        : /^(BGP|IP|L2)/.test(kind)
          ? didYouMean(kind, known)
          : null;
    return hint === null ? [] : [`kind ${kind} is unknown and ignored: ${hint}`];
  });
}
