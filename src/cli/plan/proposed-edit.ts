/** A proposed edit: manifests that would be applied, and objects that would be deleted. */

import type { Millis } from '../../base/clock.ts';
import { type Raw, textOf } from '../../base/json.ts';
import { groupBy } from '../../base/list.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { withHint } from '../../base/text.ts';
import { formatIssue } from '../../config/issue.ts';
import { readAddressPool } from '../../config/pool/pool.ts';
import { buildPoolSet, formatPoolOverlap } from '../../config/pool/pool-set.ts';
import { groupOf, METALLB_GROUP } from '../../delivery/speaker-cluster.ts';
import { IP_ADDRESS_POOLS } from '../../kube/resource.ts';
import type { Manifest } from '../../manifests/parse-manifests.ts';
import { nameOf, namespaceOf } from '../../objects/metadata.ts';
import { isOfKind } from '../../objects/object-id.ts';
import { resourceKind } from '../../objects/resource-kind.ts';
import { applyManifest } from '../cluster/apply.ts';
import { isCalicoObject } from '../cluster/calico-input.ts';
import { ROUTE_KINDS } from '../cluster/calico-kinds.ts';
import type { ClusterSource } from '../cluster/cluster-source.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import { type DefaultNamespaces, describeRef, type ResourceRef, refOf } from '../cluster/resource-ref.ts';
import { withServerDefaults } from '../cluster/server-defaults.ts';
import { SPEAKER_ROUTE_KINDS } from '../cluster/speaker-input.ts';
import { suggestObject } from '../cluster/suggestions.ts';
import { sortIgnored } from './ignored-objects.ts';

/** A deleted object that no address depends on, and routes do. */
export type RouteObjectRef = {
  readonly kind: string;
  readonly name: string;
  /** Null where it is not given: of kinds with namesakes, whichever the cluster has. */
  readonly group: string | null;
  /** Null for the default of the kind. */
  readonly namespace: string | null;
};

export type ProposedEdit = {
  readonly manifests: readonly Manifest[];
  readonly deletions: readonly ResourceRef[];
  readonly routeObjectsRemoved: readonly RouteObjectRef[];
};

export type EditedState = {
  readonly state: ClusterState;
  /** What is valid and hardly intended, and what was ignored. */
  readonly notes: readonly string[];
  /** Objects of the edit that nobody reads where they are, or as they are: sentences without a full stop. */
  readonly withoutEffect: readonly string[];
  /** Objects whose effect is not predicted: sentences without a full stop. */
  readonly notJudged: readonly string[];
};

/** A copy of `current` with the edit applied. The errors are sentences, all at once. */
export async function editState(
  current: ClusterState,
  { manifests, deletions, routeObjectsRemoved }: ProposedEdit,
  {
    source,
    defaultNamespaces,
    wall,
  }: {
    readonly source: ClusterSource;
    readonly defaultNamespaces: DefaultNamespaces;
    readonly wall: Millis;
  },
): Promise<Result<EditedState, readonly string[]>> {
  const state = current.copy();
  const errors: string[] = [];
  const notes: string[] = [];
  const withoutEffect: string[] = [];
  const ignored: Raw[] = [];
  const families = await source.readFamilies();
  const pools = new Set<string>();
  for (const { object, location } of manifests) {
    const ref = refOf(object, defaultNamespaces);
    if (ref === null) {
      const kind = String(object['kind']);
      if (isCalicoObject(object)) state.claimObjects.apply(object);
      const elsewhere = namespaceOfSpeakerObject(object, defaultNamespaces);
      if (elsewhere !== null)
        withoutEffect.push(
          `${location}: ${otherNamespaceText(`${kind} ${elsewhere}/${nameOf(object)}`, elsewhere, defaultNamespaces)}`,
        );
      else if (!decidesRoutes(object)) ignored.push(object);
      continue;
    }
    const existing = await source.findObject(ref);
    if (!existing.ok) {
      errors.push(existing.error);
      continue;
    }
    const applied = existing.value === null ? object : applyManifest(existing.value, object);
    const stored = withServerDefaults(ref, applied, { families, wall });
    if (ref.resource === IP_ADDRESS_POOLS) {
      errors.push(...poolErrors(stored, location, notes));
      pools.add(ref.name);
    }
    if (!state.put(ref, stored)) {
      withoutEffect.push(
        `${location}: ${otherNamespaceText(describeRef(ref), ref.namespace, defaultNamespaces)}`,
      );
    }
  }
  for (const ref of deletions) {
    if (state.has(ref)) state.remove(ref);
    else errors.push(withHint(`there is no ${describeRef(ref)} to delete`, suggestObject(state, ref)));
  }
  for (const { kind, name } of routeObjectsRemoved) state.claimObjects.remove(`${kind} ${name}`);
  if (errors.length > 0) return err(errors);
  notes.push(...overlapNotes(state, pools));
  const { known, ...rest } = sortIgnored(ignored, manifests);
  withoutEffect.push(...rest.withoutEffect);
  if (known.length > 0) notes.push(ignoredNote(known));
  return ok({ state, notes, withoutEffect, notJudged: rest.notJudged });
}

/** Whether it is of a kind that no address depends on, and routes do. A namesake in another group is not. */
const decidesRoutes = (raw: Raw): boolean =>
  (isCalicoObject(raw) && ROUTE_KINDS.has(textOf(raw['kind']))) ||
  isOfKind(raw, 'Node', '') ||
  isOfKind(raw, 'EndpointSlice', 'discovery.k8s.io') ||
  ['BGPPeer', ...SPEAKER_ROUTE_KINDS].some((kind) => isOfKind(raw, kind, METALLB_GROUP));

/** The namespace of a peer, community or profile of metallb.io that is not that of the speakers; null for others. */
function namespaceOfSpeakerObject(object: Raw, { pools }: DefaultNamespaces): string | null {
  const namespace = namespaceOf(object);
  return groupOf(object) === METALLB_GROUP && namespace !== '' && namespace !== pools ? namespace : null;
}

const otherNamespaceText = (name: string, namespace: string, { pools }: DefaultNamespaces): string =>
  `${name}: controller and speakers read the namespace ${pools} only. Set metadata.namespace: ${pools}; if they run in ${namespace}, add --pool-namespace ${namespace}`;

function poolErrors(raw: Raw, location: string, notes: string[]): readonly string[] {
  const { issues, warnings } = readAddressPool(raw);
  notes.push(...warnings.map((warning) => `${location}: ${formatIssue(warning)}`));
  return issues.map((issue) => `${location}: ${formatIssue(issue)}`);
}

function overlapNotes(state: ClusterState, edited: ReadonlySet<string>): readonly string[] {
  const states = buildPoolSet([...state.pools.values()], null).byName.values();
  return [...states]
    .filter(({ name }) => edited.has(name))
    .flatMap(({ name, overlaps }) => overlaps.map((one) => `pool ${name}: ${formatPoolOverlap(one)}`));
}

function ignoredNote(ignored: readonly Raw[]): string {
  const kinds = [...groupBy(ignored, resourceKind)]
    .map(([kind, { length }]) => (length === 1 ? kind : `${kind} (${length})`))
    .sort();
  return `ignored, because no address depends on them: ${kinds.join(', ')}`;
}
