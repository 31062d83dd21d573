/** `berth plan`: what an edit would do to addresses in use and to routes. */
import { type AllocationPlan, disruptsServices, planEdit } from '../../allocation/dry-run/plan.ts';
import { EXIT_CODES } from '../../base/exit-codes.ts';
import type { Flags } from '../../base/flags.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { RouterRouteChange } from '../../calico/report/route-changes.ts';
import { type AnnouncementPlan, disruptsAnnouncements } from '../../delivery/changes/edit-plan.ts';
import type { Manifest } from '../../manifests/parse-manifests.ts';
import type { TextFormat } from '../../observe/terminal.ts';
import { type OpenedSource, withSource } from '../cluster/open-source.ts';
import { allocatorOptions, snapshotOf } from '../cluster/snapshot.ts';
import { failCommand, failUsage, readCommandLine } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { readManifests } from '../framework/files.ts';
import { joinSections, proseLines } from '../framework/lines.ts';
import { formatOutput } from '../framework/output.ts';
import { showLongWork } from '../framework/progress.ts';
import { editAnnounces, NO_SPEAKERS, planSpeakers } from './announcements.ts';
import { announcementPlanLines, announcementVerdict } from './announcements-text.ts';
import { PLAN_COMMAND } from './command.ts';
import { checkDeletions } from './deletion-problems.ts';
import { readDeletions } from './deletions.ts';
import { announcementsJson, planJson } from './json.ts';
import { editState } from './proposed-edit.ts';
import { planRouteChanges } from './route-changes.ts';
import { routeChangeLines } from './routes-text.ts';
import { planLines } from './text.ts';

type PlanFlags = Flags<typeof PLAN_COMMAND.flags>;

type PlanResult = {
  readonly plan: AllocationPlan;
  readonly notes: readonly string[];
  /** Sentences about effects of the edit that are not predicted. */
  readonly notJudged: readonly string[];
  /** Null without Calico. */
  readonly routes: readonly RouterRouteChange[] | null;
  /** Null without speakers. */
  readonly announcements: AnnouncementPlan | null;
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
  const { output } = flags;
  context.stdout.print(
    output === 'json' || output === 'yaml'
      ? formatOutput(planResultJson(result.value), output)
      : planResultLines(result.value, context.stdout),
  );
  return exitCodeOf(result.value);
}

const planResultJson = ({ plan, notes, notJudged, routes, announcements }: PlanResult) => ({
  ...planJson(plan, notes, notJudged),
  ...(routes === null ? {} : { routes }),
  ...(announcements === null ? {} : { announcements: announcementsJson(announcements) }),
});

function planResultLines(
  { plan, notes, notJudged, routes, announcements }: PlanResult,
  format: TextFormat,
): readonly string[] {
  const remarks = { notes, notJudged, areRoutesJudged: announcements !== null };
  return joinSections([
    announcements === null ? [] : announcementPlanLines(announcements, format),
    routeChangeLines(routes ?? [], format),
    [
      ...planLines(plan, remarks, format),
      ...(announcements === null ? [] : proseLines(announcementVerdict(announcements), format)),
    ],
  ]);
}

function exitCodeOf({ plan, notJudged, routes, announcements }: PlanResult): number {
  if (notJudged.length > 0) return EXIT_CODES.partial;
  const losesRoutes =
    routes?.some(({ before, after }) => before.some((node) => !after.includes(node))) === true;
  const isDisrupted = announcements !== null && disruptsAnnouncements(announcements);
  return disruptsServices(plan) || losesRoutes || isDisrupted ? EXIT_CODES.changes : EXIT_CODES.success;
}

async function planManifests(
  manifests: readonly Manifest[],
  { source, defaultNamespaces, sender }: OpenedSource,
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
  const mayAnnounce = editAnnounces(edit, defaultNamespaces) || edit.routeObjectsRemoved.length > 0;
  const read = await source.readSpeakerInput(mayAnnounce);
  const speakers =
    read.ok && read.value !== null
      ? planSpeakers(read.value, plan, edit, {
          calicoObjects: calicoInput?.objects ?? [],
          ...{ lbClass: flags['lb-class'] || null, defaultNamespaces },
        })
      : NO_SPEAKERS;
  const { claimObjects } = current.value;
  const objects = [
    ...(calicoInput?.objects ?? []),
    ...(read.ok ? (read.value?.objects ?? []) : []),
    ...claimObjects.all(),
  ];
  const isWhole = sender !== null && calico.ok && read.ok;
  const deletionProblems = checkDeletions(edit, { objects, isWhole }, defaultNamespaces);
  if (deletionProblems.errors.length > 0) return err(deletionProblems.errors);
  const notJudged = [
    ...(calico.ok ? [] : [`The routes that Calico advertises were not checked: ${calico.error}`]),
    ...(read.ok ? [] : [`What the speakers would announce was not checked: ${read.error}`]),
    ...(claimObjects.problem === null
      ? []
      : [`Which Services Calico's own allocator claims was not checked: ${claimObjects.problem}`]),
    ...new Set([...speakers.notJudged, ...(speakers.plan === null ? deletionProblems.notJudged : [])]),
  ];
  const notes = [...edited.value.notes, ...speakers.notes];
  return ok({ plan, notes, routes, notJudged, announcements: speakers.plan });
}
