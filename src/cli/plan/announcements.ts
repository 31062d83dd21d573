/** What the speakers would announce and withdraw after an edit, with the addresses that the controller would assign. */
import type { AllocationPlan, ServicePlan } from '../../allocation/dry-run/plan.ts';
import { type Raw, textOf } from '../../base/json.ts';
import {
  type AnnouncementPlan,
  type EditedCluster,
  planAnnouncements,
  readEditedCluster,
} from '../../delivery/changes/edit-plan.ts';
import { groupOf, METALLB_GROUP, type SpeakerCluster } from '../../delivery/speaker-cluster.ts';
import type { Address } from '../../net/address.ts';
import { decodeEndpointSlice } from '../../objects/endpoint-slice.ts';
import { nameOf, namespacedNameOf } from '../../objects/metadata.ts';
import { isOfKind } from '../../objects/object-id.ts';
import { splitServiceKey } from '../../objects/service.ts';
import { withServiceAddresses } from '../cluster/calico-input.ts';
import { type DefaultNamespaces, withDefaultNamespace } from '../cluster/resource-ref.ts';
import { hasSpeakers, isAnnouncing, type SpeakerInput } from '../cluster/speaker-input.ts';
import { editedObjects } from './edited-objects.ts';
import type { ProposedEdit, RouteObjectRef } from './proposed-edit.ts';

export type SpeakerPlan = {
  /** Null where no speakers announce, before and after. */
  readonly plan: AnnouncementPlan | null;
  /** Sentences about what is not predicted. */
  readonly notJudged: readonly string[];
  readonly notes: readonly string[];
};

export const NO_SPEAKERS: SpeakerPlan = { plan: null, notJudged: [], notes: [] };

/** Whether an edit has objects that make speakers announce. */
export const editAnnounces = (
  { manifests }: Pick<ProposedEdit, 'manifests'>,
  defaultNamespaces: DefaultNamespaces,
): boolean =>
  manifests.some(({ object }) =>
    isAnnouncing(withDefaultNamespace(object, defaultNamespaces), defaultNamespaces.pools),
  );

export type SpeakerPlanOptions = {
  /** Calico's objects, where it announces. */
  readonly calicoObjects: readonly Raw[];
  readonly lbClass: string | null;
  readonly defaultNamespaces: DefaultNamespaces;
};

export function planSpeakers(
  input: SpeakerInput,
  { services }: AllocationPlan,
  edit: ProposedEdit,
  { calicoObjects, lbClass, defaultNamespaces }: SpeakerPlanOptions,
): SpeakerPlan {
  const namespace = defaultNamespaces.pools;
  const edited = editedObjects(input.objects, edit, defaultNamespaces);
  const isAnnounced = [input.objects, edited].some((objects) =>
    hasSpeakers([...objects, ...calicoObjects], namespace),
  );
  if (!isAnnounced) return NO_SPEAKERS;
  const options = { namespace, lbClass, completeKinds: input.read ?? new Set<string>() };
  const areNodesShown = namesOf('Node', input.objects).length > 0;
  const nodes = namesOf('Node', edited);
  if (!areNodesShown && nodes.length === 0)
    return { ...NO_SPEAKERS, notJudged: editsOfSpeakers(edit).map(withoutNodes) };
  const known = new Set(input.objects.filter((raw) => isOfKind(raw, 'Service', '')).map(namespacedNameOf));
  const added = services.filter(({ key, later }) => later !== null && !known.has(key)).map(({ key }) => key);
  const before = withAddresses(input.objects, services, (one) => one.before?.addresses);
  const after = withAddresses(edited, services, (one) => one.later?.addresses);
  const cluster = readEditedCluster(
    before,
    [...after, ...assumedSlices(added, [before, after], nodes)],
    options,
    edit.routeObjectsRemoved.map((ref) => deletedStub(ref, namespace)),
  );
  const plan = planAnnouncements(cluster);
  return {
    plan,
    notJudged: [
      ...plan.alreadyInvalid.map(
        (object) =>
          `${object} is invalid as it is now: the speakers may announce by its last valid version, which only they know.`,
      ),
      ...unknownDrains(cluster),
      ...newNodes(cluster),
      ...(areNodesShown ? [] : editsOfSpeakers(edit).map(onNewNodesAlone)),
    ],
    notes: [
      ...plan.rejected.map((text) => `the speakers would reject it and keep the last valid version: ${text}`),
      ...(added.length === 0 ? [] : ['new Services are taken to have endpoints on every node']),
    ],
  };
}

/** Of the kinds of Kubernetes itself. */
const namesOf = (kind: string, objects: readonly Raw[]): readonly string[] =>
  objects.filter((raw) => isOfKind(raw, kind, '') && nameOf(raw) !== '').map(nameOf);

const deletedStub = ({ kind, name, namespace }: RouteObjectRef, speakers: string): Raw => ({
  kind,
  metadata: { name, namespace: namespace ?? speakers },
});

const withAddresses = (
  objects: readonly Raw[],
  services: readonly ServicePlan[],
  addressesOf: (one: ServicePlan) => readonly Address[] | undefined,
): readonly Raw[] =>
  withServiceAddresses(objects, new Map(services.map((one) => [one.key, addressesOf(one) ?? []] as const)));

/** Endpoints of new Services, whose Pods come later. */
function assumedSlices(
  keys: readonly string[],
  [before, after]: readonly [readonly Raw[], readonly Raw[]],
  nodes: readonly string[],
): readonly Raw[] {
  const isSlice = (raw: Raw): boolean => isOfKind(raw, 'EndpointSlice', 'discovery.k8s.io');
  // Where no slice is known at all, the model assumes them for every Service.
  if (![...before, ...after].some(isSlice)) return [];
  const known = new Set(after.filter(isSlice).flatMap((raw) => decodeEndpointSlice(raw)?.service ?? []));
  return keys
    .filter((key) => !known.has(key))
    .map((key) => {
      const { namespace, name } = splitServiceKey(key);
      return {
        ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4' },
        metadata: { name: `${name}-assumed`, namespace, labels: { 'kubernetes.io/service-name': name } },
        endpoints: nodes.map((nodeName) => ({ addresses: ['192.0.2.0'], nodeName })),
      };
    });
}

function editsOfSpeakers({ manifests, deletions, routeObjectsRemoved }: ProposedEdit): readonly string[] {
  const edited = manifests
    .filter(({ object }) => groupOf(object) === METALLB_GROUP && object['kind'] !== 'IPAddressPool')
    .map(({ object }) => `${textOf(object['kind'])} ${nameOf(object)}`);
  const deleted = deletions
    .filter(({ resource }) => resource.group === METALLB_GROUP && resource.kind !== 'IPAddressPool')
    .map(({ resource, name }) => `${resource.kind} ${name}`);
  return [...edited, ...deleted, ...routeObjectsRemoved.map(({ kind, name }) => `${kind} ${name}`)];
}

const withoutNodes = (name: string): string =>
  `${name}: what the speakers would announce after this edit is not predicted, since the input has no Node.`;

const onNewNodesAlone = (name: string): string =>
  `${name}: it is predicted for the Nodes of the edit alone, since the input has no Node.`;

/** A cordon makes a node drain only with a flag of the speakers. */
function unknownDrains({ before, after }: EditedCluster): readonly string[] {
  if (after.drainsOnCordon !== null) return [];
  const cordoned = ({ objects }: SpeakerCluster): readonly string[] =>
    objects.nodes.filter(({ isUnschedulable }) => isUnschedulable).map(({ name }) => name);
  const known = new Set(cordoned(before));
  return cordoned(after)
    .filter((name) => !known.has(name))
    .map(
      (name) =>
        `Node ${name} would be cordoned: it drains if the speakers run with --drain-on-cordon, which is not known.`,
    );
}

/** Speakers that have published themselves are those that run; on a new node one comes with the DaemonSet. */
function newNodes({ before, after }: EditedCluster): readonly string[] {
  const known = new Set(before.objects.nodes.map(({ name }) => name));
  return after.objects.nodes
    .filter(({ name }) => !known.has(name) && !after.running.includes(name))
    .map(({ name }) => `Node ${name} is new: what a speaker there would announce is not predicted.`);
}
