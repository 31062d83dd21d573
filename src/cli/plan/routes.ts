/** What an edit would do to the routes that routers learn: of Services by their new addresses, and of pods. */

import { plural } from '../../base/text.ts';
import { reportRouters } from '../../calico/report.ts';
import { type RouteChange, routeChanges } from '../../calico/routechanges.ts';
import { fieldsOf, metadataOf, type Raw, textOf } from '../../cluster/fields.ts';
import type { Address } from '../../net/address.ts';
import type { ServicePlan, WholePlan } from '../../plan/whole.ts';
import { diagnosed, type Everything, speaksOfCalico, withAddresses } from '../announcing/everything.ts';
import { applyOver } from '../cluster/apply.ts';
import { type Homes, housed } from '../cluster/kinds.ts';
import type { ClusterSource } from '../cluster/source.ts';
import { COLUMNS_MAX } from '../command.ts';
import type { Paint } from '../paint.ts';
import type { Edit } from './edit.ts';

/** Null where neither the cluster nor the edit has anything of Calico. */
export async function plannedRoutes(
  source: ClusterSource,
  { services }: WholePlan,
  edit: Edit,
  homes: Homes,
): Promise<readonly RouteChange[] | null> {
  const now = await source.announcing();
  const edits = edit.manifests.map(({ raw }) => housed(raw, homes));
  if (now === null && !speaksOfCalico(edits)) return null;
  const before = now ?? { objects: [] };
  const after = { ...before, objects: edited(before.objects, edits, edit) };
  return routeChanges(
    learned(before, services, (one) => one.before?.addresses),
    learned(after, services, (one) => one.later?.addresses),
  );
}

function learned(
  everything: Everything,
  services: readonly ServicePlan[],
  addressesOf: (one: ServicePlan) => readonly Address[] | undefined,
) {
  const held = new Map(services.map((one) => [one.key, addressesOf(one) ?? []] as const));
  const objects = withAddresses(everything.objects, held);
  const { world } = diagnosed({ ...everything, objects });
  return reportRouters(world.picture, world.held);
}

/** Both groups of Calico's API hold the same objects. */
const idOf = (raw: Raw): string => {
  const { namespace, name } = metadataOf(raw);
  return `${textOf(raw['kind'])} ${textOf(namespace)}/${textOf(name)}`;
};

function edited(
  objects: readonly Raw[],
  edits: readonly Raw[],
  { deletions, without }: Pick<Edit, 'deletions' | 'without'>,
): readonly Raw[] {
  const byId = new Map(objects.map((raw) => [idOf(raw), raw]));
  for (const raw of edits) {
    const stored = byId.get(idOf(raw));
    byId.set(idOf(raw), stored === undefined ? withClusterIP(raw) : applyOver(stored, raw));
  }
  for (const { resource, namespace, name } of deletions) byId.delete(`${resource.kind} ${namespace}/${name}`);
  return [...byId.values()].filter(
    (raw) => !without.includes(`${textOf(raw['kind'])} ${textOf(metadataOf(raw)['name'])}`),
  );
}

/** Documentation addresses (RFC 5737) stand for what the API server will give: Calico passes over a Service without. */
function withClusterIP(raw: Raw): Raw {
  const spec = fieldsOf(raw['spec']);
  if (raw['kind'] !== 'Service' || textOf(spec['clusterIP']) !== '') return raw;
  return { ...raw, spec: { ipFamilies: ['IPv4'], ...spec, clusterIP: '192.0.2.0' } };
}

/** Changes that are listed one by one; all of them are in -o json. */
const SHOWN_MAX = 60;

export function printRoutes(changes: readonly RouteChange[] | null, paint: Paint): string {
  if (changes === null || changes.length === 0) return '';
  const names = [...new Set(changes.map(({ router }) => router))];
  const blocks = names.map((router) => {
    const mine = changes.filter((one) => one.router === router);
    const rows = mine.slice(0, SHOWN_MAX).map((one) => row(one, paint));
    const more = mine.length - rows.length;
    return [
      paint('bold', `Router ${router}`),
      ...rows,
      ...(more > 0 ? [`  and ${plural(more, 'more route')}`] : []),
    ].join('\n');
  });
  return `${blocks.join('\n\n')}\n\n`;
}

function row({ prefix, before, after, otherwise, services }: RouteChange, paint: Paint): string {
  const [gone, come] = [
    before.filter((node) => !after.includes(node)),
    after.filter((node) => !before.includes(node)),
  ];
  const what = [
    ...(after.length === 0 ? [paint('red', 'is no longer learned')] : []),
    ...(before.length === 0 ? [paint('green', `is learned from ${after.join(' ')}`)] : []),
    ...(after.length > 0 && gone.length > 0 ? [paint('yellow', `no longer from ${gone.join(' ')}`)] : []),
    ...(before.length > 0 && come.length > 0 ? [paint('green', `also from ${come.join(' ')}`)] : []),
    ...otherwise,
  ].join(', ');
  const whom =
    services.length === 0 ? '' : ` (${services.slice(0, 3).join(', ')}${services.length > 3 ? ' ...' : ''})`;
  const text = `  ${prefix} ${what}${whom}`;
  return text.length > 2 * COLUMNS_MAX ? `${text.slice(0, 2 * COLUMNS_MAX)} ...` : text;
}
