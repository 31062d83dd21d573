/** The edit that is to be tried: manifests applied to a scene, and objects taken out of it. */

import type { Millis } from '../../base/clock.ts';
import type { Raw } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { formatIssue } from '../../config/issue.ts';
import { readAddressPool } from '../../config/pool/pool.ts';
import { buildPoolSet, formatPoolOverlap } from '../../config/pool/pool-set.ts';
import { IP_ADDRESS_POOLS } from '../../kube/resource.ts';
import { applyManifest } from '../cluster/apply.ts';
import type { ClusterSource } from '../cluster/cluster-source.ts';
import type { ClusterState } from '../cluster/cluster-state.ts';
import { type DefaultNamespaces, describeRef, type ResourceRef, refOf } from '../cluster/resource-ref.ts';
import { withServerDefaults } from '../cluster/server-defaults.ts';
import type { ParsedManifest } from '../files/parse-manifests.ts';

export type ProposedEdit = {
  readonly manifests: readonly ParsedManifest[];
  readonly deletions: readonly ResourceRef[];
  /** Objects that routes alone depend on, `Kind name`, to be taken away. */
  readonly routeObjectsRemoved: readonly string[];
};

export type EditedState = {
  readonly state: ClusterState;
  /** What is allowed and was hardly meant, and what was passed over. */
  readonly notes: readonly string[];
};

/** No address depends on them, and routes do. */
export const ROUTE_KINDS: ReadonlySet<string> = new Set([
  ...['BGPConfiguration', 'BGPPeer', 'BGPFilter', 'IPPool', 'IPReservation', 'BlockAffinity'],
  ...['Node', 'EndpointSlice', 'ClusterInformation'],
]);

/** Every complaint at once. `now` stays as it is. */
export async function editState(
  current: ClusterState,
  { manifests, deletions }: Pick<ProposedEdit, 'manifests' | 'deletions'>,
  {
    source,
    homes: defaultNamespaces,
    wall,
  }: { readonly source: ClusterSource; readonly homes: DefaultNamespaces; readonly wall: Millis },
): Promise<Result<EditedState, readonly string[]>> {
  const state = current.copy();
  const complaints: string[] = [];
  const notes: string[] = [];
  const ignoredKinds = new Map<string, number>();
  const families = await source.readFamilies();
  const pools = new Set<string>();
  for (const { raw, origin } of manifests) {
    const ref = refOf(raw, defaultNamespaces);
    if (ref === null) {
      const kind = String(raw['kind']);
      if (ROUTE_KINDS.has(kind)) continue;
      ignoredKinds.set(kind, (ignoredKinds.get(kind) ?? 0) + 1);
      continue;
    }
    const existing = await source.findObject(ref);
    if (!existing.ok) {
      complaints.push(existing.error);
      continue;
    }
    const applied = existing.value === null ? raw : applyManifest(existing.value, raw);
    const stored = withServerDefaults(ref, applied, { families, wall });
    if (ref.resource === IP_ADDRESS_POOLS) {
      complaints.push(...poolComplaints(stored, origin, notes));
      pools.add(ref.name);
    }
    if (!state.put(ref, stored)) {
      notes.push(
        `${origin}: ${describeRef(ref)} is passed over: the controller looks in ${defaultNamespaces.pools} alone`,
      );
    }
  }
  for (const ref of deletions) {
    if (state.has(ref)) state.remove(ref);
    else complaints.push(`there is no ${describeRef(ref)} to delete`);
  }
  if (complaints.length > 0) return err(complaints);
  notes.push(...overlapNotes(state, pools));
  if (ignoredKinds.size > 0) notes.push(ignoredNote(ignoredKinds));
  return ok({ state, notes });
}

function poolComplaints(raw: Raw, origin: string, notes: string[]): readonly string[] {
  const { issues, warnings } = readAddressPool(raw);
  notes.push(...warnings.map((warning) => `${origin}: ${formatIssue(warning)}`));
  return issues.map((issue) => `${origin}: ${formatIssue(issue)}`);
}

function overlapNotes(state: ClusterState, edited: ReadonlySet<string>): readonly string[] {
  const states = buildPoolSet([...state.pools.values()], null).byName.values();
  return [...states]
    .filter(({ name }) => edited.has(name))
    .flatMap(({ name, overlaps }) => overlaps.map((one) => `pool ${name}: ${formatPoolOverlap(one)}`));
}

function ignoredNote(ignoredKinds: ReadonlyMap<string, number>): string {
  const kinds = [...ignoredKinds].map(([kind, count]) => (count === 1 ? kind : `${kind} (${count})`)).sort();
  return `passed over, since no address depends on them: ${kinds.join(', ')}`;
}
