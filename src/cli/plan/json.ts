/** A plan as JSON: every Service, also those that nothing happens to. */
import {
  type AllocationPlan,
  disruptsServices,
  type ServiceAssignment,
} from '../../allocation/dry-run/plan.ts';
import type { AnnouncementChanges } from '../../delivery/changes/announcement-changes.ts';
import type { AnnouncementPlan, RestartPlan } from '../../delivery/changes/edit-plan.ts';
import { formatAddress } from '../../net/address.ts';
import { countOutcomes } from './outcomes.ts';

export const planJson = (
  plan: AllocationPlan,
  {
    notes,
    withoutEffect,
    notJudged,
  }: Readonly<Record<'notes' | 'withoutEffect' | 'notJudged', readonly string[]>>,
) => ({
  moves: disruptsServices(plan),
  counts: countOutcomes(plan),
  graceSeconds: plan.gracePeriod === null ? null : plan.gracePeriod / 1000,
  notes,
  ...(withoutEffect.length === 0 ? {} : { withoutEffect }),
  ...(notJudged.length === 0 ? {} : { notJudged }),
  services: plan.services.map(({ key, outcome, before, after, later }) => ({
    service: key,
    fate: outcome,
    before: assignmentJson(before),
    after: assignmentJson(after),
    later: assignmentJson(later),
  })),
});

const assignmentJson = (assignment: ServiceAssignment | null) =>
  assignment === null ? null : { ...assignment, addresses: assignment.addresses.map(formatAddress) };

/** What the speakers would announce and withdraw; `restart` is null where a restart of them changes nothing more. */
export const announcementsJson = ({ changes, unreached, restart, rejected }: AnnouncementPlan) => ({
  ...changesJson(changes),
  unreached,
  rejected,
  restart: restart === null ? null : restartJson(restart),
});

const restartJson = ({ changes, causes }: RestartPlan) => ({
  ...changesJson(changes),
  unreached: changes.unreached,
  causes,
});

const changesJson = ({ sessions, routes, owners }: AnnouncementChanges) => ({ sessions, routes, owners });
