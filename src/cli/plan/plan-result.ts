/** Plans an edit: the addresses that it would change, then the routes, the sessions and the owners. */
import { type AllocationPlan, planEdit } from '../../allocation/dry-run/plan.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { RouterRouteChange } from '../../calico/report/route-changes.ts';
import type { AnnouncementPlan } from '../../delivery/changes/edit-plan.ts';
import type { Manifest } from '../../manifests/parse-manifests.ts';
import type { OpenedSource } from '../cluster/open-source.ts';
import { allocatorOptions, snapshotOf } from '../cluster/snapshot.ts';
import type { CliContext } from '../framework/context.ts';
import { showLongWork } from '../framework/progress.ts';
import { editAnnounces, NO_SPEAKERS, planSpeakers } from './announcements.ts';
import { planCalico } from './calico-changes.ts';
import { checkDeletions } from './deletion-problems.ts';
import { readDeletions } from './deletions.ts';
import { editState } from './proposed-edit.ts';
import { findRefusedWrites, namespacesAfter } from './refused-writes.ts';
import { storedFinder } from './stored-objects.ts';

export type PlanResult = {
  readonly plan: AllocationPlan;
  readonly notes: readonly string[];
  /** Sentences about objects of the edit that nobody reads, where or as they are. */
  readonly withoutEffect: readonly string[];
  /** Sentences about effects of the edit that are not predicted. */
  readonly notJudged: readonly string[];
  /** Sentences about pods that could not communicate any more. */
  readonly podsCutOff: readonly string[];
  /** Null without Calico. */
  readonly routes: readonly RouterRouteChange[] | null;
  /** Null without speakers. */
  readonly announcements: AnnouncementPlan | null;
};

export type PlanRequest = {
  readonly manifests: readonly Manifest[];
  /** `KIND/NAME`, as `--delete` takes them. */
  readonly deletions: readonly string[];
};

/** How the controller runs. */
export type PlanOptions = Parameters<typeof allocatorOptions>[0] & { readonly calico: string };

/** The errors are sentences, all at once. Nothing is written. */
export async function planManifests(
  request: PlanRequest,
  { source, defaultNamespaces, reading }: OpenedSource,
  flags: PlanOptions,
  context: Pick<CliContext, 'clock' | 'stderr'>,
): Promise<Result<PlanResult, readonly string[]>> {
  const wall = context.clock.wall();
  const deletions = readDeletions(request.deletions, defaultNamespaces);
  if (!deletions.ok) return deletions;
  const edit = { manifests: request.manifests, ...deletions.value };
  // Whether the models need all Services decides how they are listed.
  const calico = await source.readCalicoInput();
  const mayAnnounce = editAnnounces(edit, defaultNamespaces) || edit.routeObjectsRemoved.length > 0;
  const read = await source.readSpeakerInput(mayAnnounce);
  const current = await source.readState();
  if (!current.ok) return err([current.error]);
  const edited = await editState(current.value, edit, { source, defaultNamespaces, wall });
  const refused = await findRefusedWrites(edit.manifests, {
    findStored: storedFinder(source, defaultNamespaces, [calico, read]),
    namespaces: reading === null ? null : namespacesAfter(current.value, edit),
    defaultNamespaces,
  });
  if (!edited.ok) return err([...refused, ...edited.error]);
  if (refused.length > 0) return err(refused);
  const endWork = showLongWork(context, current.value.services.size);
  const plan = planEdit(
    snapshotOf(current.value, flags),
    snapshotOf(edited.value.state, flags),
    allocatorOptions(flags),
    wall,
  );
  endWork();
  const calicoInput = calico.ok ? calico.value : null;
  const { routes, podsCutOff } = planCalico(calicoInput, plan, edit, defaultNamespaces);
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
  const isWhole = reading !== null && calico.ok && read.ok;
  const deletionProblems = checkDeletions(edit, { objects, isWhole }, defaultNamespaces);
  if (deletionProblems.errors.length > 0) return err(deletionProblems.errors);
  const notJudged = [
    ...(calico.ok ? [] : [`The routes that Calico advertises were not checked: ${calico.error}`]),
    ...(read.ok ? [] : [`What the speakers would announce was not checked: ${read.error}`]),
    ...(claimObjects.problem === null
      ? []
      : [`Which Services Calico's own allocator claims was not checked: ${claimObjects.problem}`]),
    ...edited.value.notJudged,
    ...new Set([...speakers.notJudged, ...deletionProblems.notJudged]),
  ];
  const notes = [...edited.value.notes, ...speakers.notes];
  const { withoutEffect } = edited.value;
  return ok({
    ...{ plan, notes, withoutEffect, podsCutOff, routes, notJudged },
    announcements: speakers.plan,
  });
}
