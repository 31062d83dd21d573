/** Edits whose effect on traffic is not predicted: there is no model of what the speakers of Berth do with an edit. */
import { type Raw, textOf } from '../../base/json.ts';
import { nameOf } from '../../objects/metadata.ts';
import type { ProposedEdit } from './proposed-edit.ts';

const METALLB_GROUP = 'metallb.io';

/** Kinds of metallb.io that decide what speakers advertise; a BFDProfile does not. */
const SPEAKER_KINDS: ReadonlySet<string> = new Set([
  ...['BGPAdvertisement', 'L2Advertisement', 'BGPPeer', 'Community'],
]);

/** A sentence for each object. `isOfCalico` says whether `Kind name` is an object of Calico in the cluster. */
export function unjudgedEdits(
  { manifests, deletions, routeObjectsRemoved }: ProposedEdit,
  isOfCalico: (id: string) => boolean,
): readonly string[] {
  const edited = manifests
    .map(({ object }) => object)
    .filter((raw) => isMetalLB(raw) && SPEAKER_KINDS.has(textOf(raw['kind'])))
    .map(objectName);
  const deleted = deletions
    .filter(({ resource: { group, kind } }) => group === METALLB_GROUP && SPEAKER_KINDS.has(kind))
    .map(({ resource, name }) => `${resource.kind} ${name}`);
  const unknown = routeObjectsRemoved.filter((id) => !isOfCalico(id));
  return [
    ...[...edited, ...deleted].map(
      (name) => `${name}: which routes the speakers would advertise after this edit is not predicted.`,
    ),
    ...unknown.map(
      (name) =>
        `${name}: Calico has no such object. If it is one of ${METALLB_GROUP}, which routes the speakers would advertise without it is not predicted.`,
    ),
  ];
}

const isMetalLB = (raw: Raw): boolean => textOf(raw['apiVersion']).startsWith(`${METALLB_GROUP}/`);

export const objectName = (raw: Raw): string => `${textOf(raw['kind'])} ${nameOf(raw)}`;
