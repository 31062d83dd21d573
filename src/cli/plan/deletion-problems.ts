/** Objects of `--delete` that the cluster does not have, or that two APIs of it have. */

import { fieldsOf, type Raw, textOf } from '../../base/json.ts';
import { ownValue } from '../../base/own-value.ts';
import { didYouMean, quoteList, withHint } from '../../base/text.ts';
import { METALLB_GROUP } from '../../delivery/speaker-cluster.ts';
import { CALICO_GROUPS, isCalicoGroup, parseApiVersion } from '../../objects/api-group.ts';
import { nameOf, namespaceOf, specOf } from '../../objects/metadata.ts';
import { isOfKind } from '../../objects/object-id.ts';
import type { DefaultNamespaces } from '../cluster/resource-ref.ts';
import { isRemoved, isRouteKind } from './edited-objects.ts';
import type { ProposedEdit, RouteObjectRef } from './proposed-edit.ts';

export type DeletionProblems = {
  /** Sentences: nothing can be planned. */
  readonly errors: readonly string[];
  /** Sentences about objects that the input may lack. */
  readonly notJudged: readonly string[];
};

export type DeletionInput = {
  /** What Calico and what the speakers announce by; the two may have objects in common. */
  readonly objects: readonly Raw[];
  /** An object that the input lacks does not exist. */
  readonly isWhole: boolean;
};

export function checkDeletions(
  { routeObjectsRemoved }: Pick<ProposedEdit, 'routeObjectsRemoved'>,
  { objects, isWhole }: DeletionInput,
  defaultNamespaces: DefaultNamespaces,
): DeletionProblems {
  const errors: string[] = [];
  const notJudged: string[] = [];
  for (const ref of routeObjectsRemoved) {
    const groups = new Set(
      objects
        .filter((raw) => isRemoved(raw, ref, defaultNamespaces))
        .map((raw) => parseApiVersion(textOf(raw['apiVersion'])).group)
        // Calico's two groups hold the same objects.
        .map((group) => (isCalicoGroup(group) ? CALICO_GROUPS[0].group : group)),
    );
    const name = `${ref.kind} ${ref.namespace === null ? '' : `${ref.namespace}/`}${ref.name}`;
    if (groups.size > 1) errors.push(ambiguousText(ref, [...groups]));
    else if (groups.size === 0 && isWhole && ref.kind !== 'Secret')
      errors.push(withHint(`there is no ${name} to delete`, suggestRouteObject(ref, objects)));
    else if (groups.size === 0 && !objects.some((raw) => isAssumedFor(raw, ref, defaultNamespaces)))
      notJudged.push(
        `${name}: the input has no such object, so what would be announced without it is not predicted.`,
      );
  }
  return { errors, notJudged };
}

/** An object of the kind with a similar name, or one of the name in a similar or another kind; null if there is none. */
function suggestRouteObject({ kind, name }: RouteObjectRef, objects: readonly Raw[]): string | null {
  const names = objects.filter((raw) => isRouteKind(raw, kind)).map(nameOf);
  const similar = didYouMean(name, names);
  if (similar !== null) return similar;
  const namesake = objects.find(
    (raw) =>
      nameOf(raw) === name &&
      SUGGESTED_KINDS.has(textOf(raw['kind'])) &&
      isRouteKind(raw, textOf(raw['kind'])),
  );
  return namesake === undefined ? null : `did you mean ${textOf(namesake['kind']).toLowerCase()}/${name}?`;
}

/** Kinds that people write themselves, and may take for each other. */
const SUGGESTED_KINDS: ReadonlySet<string> = new Set([
  ...[
    'IPAddressPool',
    'BGPPeer',
    'BGPAdvertisement',
    'L2Advertisement',
    'BGPFilter',
    'Community',
    'BFDProfile',
  ],
  ...['IPPool', 'IPReservation'],
]);

/** What a BGPPeer refers to by name: it is taken to exist where the input does not show it, and its deletion is predicted. */
const REFERENCES: Readonly<Record<string, (spec: Raw) => unknown>> = {
  Secret: (spec) => fieldsOf(spec['passwordSecret'])['name'],
  BFDProfile: (spec) => spec['bfdProfile'],
};

function isAssumedFor(
  raw: Raw,
  { kind, name, namespace }: RouteObjectRef,
  { pools }: DefaultNamespaces,
): boolean {
  const refersTo = ownValue(REFERENCES, kind);
  if (refersTo === undefined || !isOfKind(raw, 'BGPPeer', METALLB_GROUP) || (namespace ?? pools) !== pools)
    return false;
  return (namespaceOf(raw) || pools) === pools && refersTo(specOf(raw)) === name;
}

const ambiguousText = ({ kind, name }: RouteObjectRef, groups: readonly string[]): string =>
  `there is a ${kind} ${name} in ${quoteList(groups)}: write --delete ${kind.toLowerCase()}.${groups[0]}/${name}`;
