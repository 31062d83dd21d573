/** `berth plan`: what an edit would do to addresses in use and to routes. */
import { type AllocationPlan, disruptsServices, planEdit } from '../../allocation/dry-run/plan.ts';
import { EXIT_CODES } from '../../base/exit-codes.ts';
import type { Flags } from '../../base/flags.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { RouterRouteChange } from '../../calico/report/route-changes.ts';
import type { Manifest } from '../../manifests/parse-manifests.ts';
import { type OpenedSource, withSource } from '../cluster/open-source.ts';
import { allocatorOptions, snapshotOf } from '../cluster/snapshot.ts';
import { failCommand, failUsage, readCommandLine } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { readManifests } from '../framework/files.ts';
import { joinSections } from '../framework/lines.ts';
import { formatOutput } from '../framework/output.ts';
import { showLongWork } from '../framework/progress.ts';
import { PLAN_COMMAND } from './command.ts';
import { readDeletions } from './deletions.ts';
import { planJson } from './json.ts';
import { editState } from './proposed-edit.ts';
import { planRouteChanges } from './route-changes.ts';
import { routeChangeLines } from './routes-text.ts';
import { planLines } from './text.ts';
import { objectName, unjudgedEdits } from './unjudged.ts';

type PlanFlags = Flags<typeof PLAN_COMMAND.flags>;

type PlanResult = {
  readonly plan: AllocationPlan;
  readonly notes: readonly string[];
  /** Sentences about effects of the edit that are not predicted. */
  readonly notJudged: readonly string[];
  /** Null without Calico. */
  readonly routes: readonly RouterRouteChange[] | null;
};

export async function runPlan(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(PLAN_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags, positionals } = line;
  if (positionals.length > 0)
    return failUsage(PLAN_COMMAND, context, [
      `unexpected ${JSON.stringify(positionals[0])}: to name a file, write -f ${positionals[0]}`,
    ]);
  if (flags.file.length === 0 && flags.delete.length === 0)
    return failUsage(PLAN_COMMAND, context, ['the edit is missing: -f FILE, or --delete KIND/NAME']);
  const manifests = await readManifests(flags.file, { stdin: context.stdin, recursive: flags.recursive });
  if (!manifests.ok) return failCommand(PLAN_COMMAND, context, manifests.error);
  const result = await withSource(context, flags, flags.cluster, (opened) =>
    planManifests(manifests.value, opened, flags, context),
  );
  if (!result.ok) return failCommand(PLAN_COMMAND, context, result.error);
  const { plan, notes, routes, notJudged } = result.value;
  const { output } = flags;
  const { stdout } = context;
  stdout.print(
    output === 'json' || output === 'yaml'
      ? formatOutput({ ...planJson(plan, notes, notJudged), ...(routes === null ? {} : { routes }) }, output)
      : joinSections([routeChangeLines(routes ?? [], stdout), planLines(plan, { notes, notJudged }, stdout)]),
  );
  if (notJudged.length > 0) return EXIT_CODES.partial;
  const losesRoutes =
    routes?.some(({ before, after }) => before.some((node) => !after.includes(node))) === true;
  return disruptsServices(plan) || losesRoutes ? EXIT_CODES.changes : EXIT_CODES.success;
}

async function planManifests(
  manifests: readonly Manifest[],
  { source, defaultNamespaces }: OpenedSource,
  flags: PlanFlags,
  context: CliContext,
): Promise<Result<PlanResult, readonly string[]>> {
  const wall = context.clock.wall();
  const deletions = readDeletions(flags.delete, defaultNamespaces);
  if (!deletions.ok) return deletions;
  const current = await source.readState();
  if (!current.ok) return err([current.error]);
  const edit = { manifests, ...deletions.value };
  const edited = await editState(current.value, edit, { source, defaultNamespaces, wall });
  if (!edited.ok) return edited;
  const endWork = showLongWork(context, current.value.services.size);
  const plan = planEdit(
    snapshotOf(current.value, flags),
    snapshotOf(edited.value.state, flags),
    allocatorOptions(flags),
    wall,
  );
  endWork();
  const calico = await source.readCalicoInput();
  const calicoInput = calico.ok ? calico.value : null;
  const routes = planRouteChanges(calicoInput, plan, edit, defaultNamespaces);
  const { claimObjects } = current.value;
  const calicoNames = new Set((calicoInput?.objects ?? []).map(objectName));
  const notJudged = [
    ...(calico.ok ? [] : [`The routes that Calico advertises were not checked: ${calico.error}`]),
    ...(claimObjects.problem === null
      ? []
      : [`Which Services Calico's own allocator claims was not checked: ${claimObjects.problem}`]),
    ...unjudgedEdits(edit, (id) => calicoNames.has(id) || claimObjects.has(id)),
  ];
  return ok({ plan, notes: edited.value.notes, routes, notJudged });
}
