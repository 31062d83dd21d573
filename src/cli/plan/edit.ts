/** The edit that is to be tried: manifests applied to a scene, and objects taken out of it. */

import type { Millis } from '../../base/clock.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Raw } from '../../cluster/fields.ts';
import { formatIssue } from '../../config/issue.ts';
import { readPool } from '../../config/pool.ts';
import { formatOverlap, reviewPools } from '../../config/pools.ts';
import { POOLS } from '../../kube/resource.ts';
import { applyOver } from '../cluster/apply.ts';
import { describeRef, type Homes, type Ref, refOf } from '../cluster/kinds.ts';
import type { Scene } from '../cluster/scene.ts';
import type { ClusterSource } from '../cluster/source.ts';
import { asStored } from '../cluster/stored.ts';
import type { Manifest } from '../files/manifest.ts';

export type Edit = {
  readonly manifests: readonly Manifest[];
  readonly deletions: readonly Ref[];
  /** Objects that routes alone depend on, `Kind name`, to be taken away. */
  readonly without: readonly string[];
};

export type Edited = {
  readonly scene: Scene;
  /** What is allowed and was hardly meant, and what was passed over. */
  readonly notes: readonly string[];
};

/** No address depends on them, and routes do. */
export const DECIDES_ROUTES: ReadonlySet<string> = new Set([
  ...['BGPConfiguration', 'BGPPeer', 'BGPFilter', 'IPPool', 'IPReservation', 'BlockAffinity'],
  ...['Node', 'EndpointSlice', 'ClusterInformation'],
]);

/** Every complaint at once. `now` stays as it is. */
export async function editScene(
  now: Scene,
  { manifests, deletions }: Pick<Edit, 'manifests' | 'deletions'>,
  { source, homes, wall }: { readonly source: ClusterSource; readonly homes: Homes; readonly wall: Millis },
): Promise<Result<Edited, readonly string[]>> {
  const scene = now.copy();
  const complaints: string[] = [];
  const notes: string[] = [];
  const others = new Map<string, number>();
  const families = await source.families();
  const pools = new Set<string>();
  for (const { raw, origin } of manifests) {
    const ref = refOf(raw, homes);
    if (ref === null) {
      const kind = String(raw['kind']);
      if (DECIDES_ROUTES.has(kind)) continue;
      others.set(kind, (others.get(kind) ?? 0) + 1);
      continue;
    }
    const found = await source.find(ref);
    if (!found.ok) {
      complaints.push(found.error);
      continue;
    }
    const applied = found.value === null ? raw : applyOver(found.value, raw);
    const stored = asStored(ref, applied, { families, wall });
    if (ref.resource === POOLS) {
      complaints.push(...poolComplaints(stored, origin, notes));
      pools.add(ref.name);
    }
    if (!scene.put(ref, stored)) {
      notes.push(
        `${origin}: ${describeRef(ref)} is passed over: the controller looks in ${homes.pools} alone`,
      );
    }
  }
  for (const ref of deletions) {
    if (scene.has(ref)) scene.remove(ref);
    else complaints.push(`there is no ${describeRef(ref)} to delete`);
  }
  if (complaints.length > 0) return err(complaints);
  notes.push(...overlapNotes(scene, pools));
  if (others.size > 0) notes.push(passedOver(others));
  return ok({ scene, notes });
}

function poolComplaints(raw: Raw, origin: string, notes: string[]): readonly string[] {
  const { issues, warnings } = readPool(raw);
  notes.push(...warnings.map((warning) => `${origin}: ${formatIssue(warning)}`));
  return issues.map((issue) => `${origin}: ${formatIssue(issue)}`);
}

function overlapNotes(scene: Scene, edited: ReadonlySet<string>): readonly string[] {
  const states = reviewPools([...scene.pools.values()], null).byName.values();
  return [...states]
    .filter(({ name }) => edited.has(name))
    .flatMap(({ name, overlaps }) => overlaps.map((one) => `pool ${name}: ${formatOverlap(one)}`));
}

function passedOver(others: ReadonlyMap<string, number>): string {
  const kinds = [...others].map(([kind, count]) => (count === 1 ? kind : `${kind} (${count})`)).sort();
  return `passed over, since no address depends on them: ${kinds.join(', ')}`;
}
