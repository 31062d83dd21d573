/** What an edit would do to the routes that routers learn: of Services by their new addresses, and of pods. */

import type { AllocationPlan, ServicePlan } from '../../allocation/dry-run/plan.ts';
import { fieldsOf, type Raw, textOf } from '../../base/json.ts';
import { plural } from '../../base/text.ts';
import { diffRouterReports, type RouterRouteChange } from '../../calico/report/route-changes.ts';
import { reportRouters } from '../../calico/report/router-report.ts';
import type { Address } from '../../net/address.ts';
import { metadataOf } from '../../objects/metadata.ts';
import { applyManifest } from '../cluster/apply.ts';
import {
  type CalicoInput,
  diagnoseCalico,
  hasCalicoBgp,
  withServiceAddresses,
} from '../cluster/calico-input.ts';
import type { ClusterSource } from '../cluster/cluster-source.ts';
import { type DefaultNamespaces, withDefaultNamespace } from '../cluster/resource-ref.ts';
import type { Colorize } from '../framework/color.ts';
import { COLUMNS_MAX } from '../framework/command.ts';
import type { ProposedEdit } from './proposed-edit.ts';

/** Null where neither the cluster nor the edit has anything of Calico. */
export async function planRouteChanges(
  source: ClusterSource,
  { services }: AllocationPlan,
  edit: ProposedEdit,
  defaultNamespaces: DefaultNamespaces,
): Promise<readonly RouterRouteChange[] | null> {
  const current = await source.readCalicoInput();
  const edits = edit.manifests.map(({ raw }) => withDefaultNamespace(raw, defaultNamespaces));
  if (current === null && !hasCalicoBgp(edits)) return null;
  const before = current ?? { objects: [] };
  const after = { ...before, objects: editedObjects(before.objects, edits, edit) };
  return diffRouterReports(
    learnedRoutes(before, services, (one) => one.before?.addresses),
    learnedRoutes(after, services, (one) => one.later?.addresses),
  );
}

function learnedRoutes(
  input: CalicoInput,
  services: readonly ServicePlan[],
  addressesOf: (one: ServicePlan) => readonly Address[] | undefined,
) {
  const assigned = new Map(services.map((one) => [one.key, addressesOf(one) ?? []] as const));
  const objects = withServiceAddresses(input.objects, assigned);
  const { world } = diagnoseCalico({ ...input, objects });
  return reportRouters(world.converged, world.assigned);
}

/** Both groups of Calico's API hold the same objects. */
const objectId = (raw: Raw): string => {
  const { namespace, name } = metadataOf(raw);
  return `${textOf(raw['kind'])} ${textOf(namespace)}/${textOf(name)}`;
};

function editedObjects(
  objects: readonly Raw[],
  edits: readonly Raw[],
  { deletions, routeObjectsRemoved }: Pick<ProposedEdit, 'deletions' | 'routeObjectsRemoved'>,
): readonly Raw[] {
  const byId = new Map(objects.map((raw) => [objectId(raw), raw]));
  for (const raw of edits) {
    const stored = byId.get(objectId(raw));
    byId.set(objectId(raw), stored === undefined ? withClusterIP(raw) : applyManifest(stored, raw));
  }
  for (const { resource, namespace, name } of deletions) byId.delete(`${resource.kind} ${namespace}/${name}`);
  return [...byId.values()].filter(
    (raw) => !routeObjectsRemoved.includes(`${textOf(raw['kind'])} ${textOf(metadataOf(raw)['name'])}`),
  );
}

/** Documentation addresses (RFC 5737) stand for what the API server will give: Calico passes over a Service without. */
function withClusterIP(raw: Raw): Raw {
  const spec = fieldsOf(raw['spec']);
  if (raw['kind'] !== 'Service' || textOf(spec['clusterIP']) !== '') return raw;
  return { ...raw, spec: { ipFamilies: ['IPv4'], ...spec, clusterIP: '192.0.2.0' } };
}

/** Changes that are listed one by one; all of them are in -o json. */
const ROUTES_SHOWN_MAX = 60;

export function printRouteChanges(changes: readonly RouterRouteChange[] | null, paint: Colorize): string {
  if (changes === null || changes.length === 0) return '';
  const names = [...new Set(changes.map(({ router }) => router))];
  const blocks = names.map((router) => {
    const routerChanges = changes.filter((one) => one.router === router);
    const rows = routerChanges.slice(0, ROUTES_SHOWN_MAX).map((one) => routeChangeRow(one, paint));
    const more = routerChanges.length - rows.length;
    return [
      paint('bold', `Router ${router}`),
      ...rows,
      ...(more > 0 ? [`  and ${plural(more, 'more route')}`] : []),
    ].join('\n');
  });
  return `${blocks.join('\n\n')}\n\n`;
}

function routeChangeRow(
  { prefix, before, after, otherwise, services }: RouterRouteChange,
  paint: Colorize,
): string {
  const [removedNodes, addedNodes] = [
    before.filter((node) => !after.includes(node)),
    after.filter((node) => !before.includes(node)),
  ];
  const what = [
    ...(after.length === 0 ? [paint('red', 'is no longer learned')] : []),
    ...(before.length === 0 ? [paint('green', `is learned from ${after.join(' ')}`)] : []),
    ...(after.length > 0 && removedNodes.length > 0
      ? [paint('yellow', `no longer from ${removedNodes.join(' ')}`)]
      : []),
    ...(before.length > 0 && addedNodes.length > 0
      ? [paint('green', `also from ${addedNodes.join(' ')}`)]
      : []),
    ...otherwise,
  ].join(', ');
  const serviceNames =
    services.length === 0 ? '' : ` (${services.slice(0, 3).join(', ')}${services.length > 3 ? ' ...' : ''})`;
  const text = `  ${prefix} ${what}${serviceNames}`;
  return text.length > 2 * COLUMNS_MAX ? `${text.slice(0, 2 * COLUMNS_MAX)} ...` : text;
}
