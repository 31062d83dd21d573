/** `berth plan`: what an edit would do to the addresses in use. */

import { type AllocationPlan, disruptsServices, planEdit } from '../../allocation/dry-run/plan.ts';
import { EXIT_CODES } from '../../base/exit-codes.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { RouterRouteChange } from '../../calico/report/route-changes.ts';
import { type OpenedSource, withSource } from '../cluster/open-source.ts';
import { parseRef, type ResourceRef } from '../cluster/resource-ref.ts';
import { allocatorOptions, snapshotOf } from '../cluster/snapshot.ts';
import { readManifests } from '../files/read-files.ts';
import { colorizerFor } from '../framework/color.ts';
import { failCommand, failUsage, readCommandLine } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { formatOutput } from '../framework/output.ts';
import { showLongWork } from '../framework/progress.ts';
import { PLAN_COMMAND } from './command.ts';
import { editState, type ProposedEdit, ROUTE_KINDS } from './proposed-edit.ts';
import { planRouteChanges, printRouteChanges } from './route-changes.ts';
import { planJson, printPlan } from './text.ts';

type PlanResult = {
  readonly plan: AllocationPlan;
  readonly notes: readonly string[];
  /** Null where the cluster has no Calico. */
  readonly routes: readonly RouterRouteChange[] | null;
};

export async function runPlan(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(PLAN_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags, positionals } = line;
  if (positionals.length > 0)
    return failUsage(PLAN_COMMAND, context, [
      `${JSON.stringify(positionals[0])} is not a flag; to name a file say -f ${positionals[0]}`,
    ]);
  if (flags.file.length === 0 && flags.delete.length === 0)
    return failUsage(PLAN_COMMAND, context, ['say what would be edited: -f FILE, or --delete KIND/NAME']);
  const manifests = await readManifests(flags.file, context.stdin);
  if (!manifests.ok) return failCommand(PLAN_COMMAND, context, manifests.error);
  const wall = context.clock.wall();
  const result = await withSource(
    context,
    flags,
    flags.cluster,
    async ({ source, defaultNamespaces }: OpenedSource): Promise<Result<PlanResult, readonly string[]>> => {
      const deletions = readDeletions(flags.delete, defaultNamespaces);
      if (!deletions.ok) return deletions;
      const current = await source.readState();
      if (!current.ok) return err([current.error]);
      const edit = { manifests: manifests.value, ...deletions.value };
      const edited = await editState(current.value, edit, { source, homes: defaultNamespaces, wall });
      if (!edited.ok) return edited;
      const endWork = showLongWork(context, current.value.services.size);
      const plan = planEdit(
        snapshotOf(current.value),
        snapshotOf(edited.value.state),
        allocatorOptions(flags),
        wall,
      );
      endWork();
      const routes = await planRouteChanges(source, plan, edit, defaultNamespaces);
      return ok({ plan, notes: edited.value.notes, routes });
    },
  );
  if (!result.ok) return failCommand(PLAN_COMMAND, context, result.error);
  const { plan, notes, routes } = result.value;
  const { output } = flags;
  const paint = colorizerFor(context.stdout, context.environment);
  context.stdout.write(
    output === 'json' || output === 'yaml'
      ? formatOutput({ ...planJson(plan, notes), ...(routes === null ? {} : { routes }) }, output)
      : `${printRouteChanges(routes, paint)}${printPlan(plan, notes, paint)}`,
  );
  const losesRoutes =
    routes?.some(({ before, after }) => before.some((node) => !after.includes(node))) === true;
  return disruptsServices(plan) || losesRoutes ? EXIT_CODES.changes : EXIT_CODES.success;
}

function readDeletions(
  texts: readonly string[],
  defaultNamespaces: OpenedSource['defaultNamespaces'],
): Result<Pick<ProposedEdit, 'deletions' | 'routeObjectsRemoved'>, readonly string[]> {
  const refs: ResourceRef[] = [];
  const routeObjects: string[] = [];
  const complaints: string[] = [];
  for (const text of texts) {
    const [kind = '', name = '', ...more] = text.split('/');
    const routeKind = [...ROUTE_KINDS].find((one) => new RegExp(`^${one}s?$`, 'i').test(kind));
    if (routeKind !== undefined && name !== '' && more.length === 0) {
      routeObjects.push(`${routeKind} ${name}`);
      continue;
    }
    const ref = parseRef(text, defaultNamespaces);
    if (ref.ok) refs.push(ref.value);
    else complaints.push(`--delete ${ref.error}`);
  }
  return complaints.length > 0 ? err(complaints) : ok({ deletions: refs, routeObjectsRemoved: routeObjects });
}
