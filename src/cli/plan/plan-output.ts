/** The result of a plan for people, as JSON, and as an exit code. */
import { disruptsServices } from '../../allocation/dry-run/plan.ts';
import { EXIT_CODES } from '../../base/exit-codes.ts';
import { disruptsAnnouncements } from '../../delivery/changes/edit-plan.ts';
import type { TextFormat } from '../../observe/terminal.ts';
import type { PlanAnswer } from '../../overview/answers.ts';
import { joinSections, proseLines } from '../framework/lines.ts';
import { announcementPlanLines, announcementVerdict } from './announcements-text.ts';
import { announcementsJson, planJson } from './json.ts';
import type { PlanResult } from './plan-result.ts';
import { routeChangeLines } from './routes-text.ts';
import { planLines } from './text.ts';

export const planResultJson = ({ plan, podsCutOff, routes, announcements, ...remarks }: PlanResult) => ({
  ...planJson(plan, remarks),
  ...(podsCutOff.length === 0 ? {} : { podsCutOff }),
  ...(routes === null ? {} : { routes }),
  ...(announcements === null ? {} : { announcements: announcementsJson(announcements) }),
});

export function planResultLines(
  { plan, notes, withoutEffect, notJudged, podsCutOff, routes, announcements }: PlanResult,
  format: TextFormat,
): readonly string[] {
  const remarks = { notes, withoutEffect, notJudged, areRoutesJudged: announcements !== null };
  return joinSections([
    podsCutOff.length === 0
      ? []
      : [
          format.paint('red', 'Pods would be cut off'),
          ...podsCutOff.flatMap((text) => proseLines(text, format, { first: 2 })),
        ],
    announcements === null ? [] : announcementPlanLines(announcements, format),
    routeChangeLines(routes ?? [], format),
    [
      ...planLines(plan, remarks, format),
      ...(announcements === null ? [] : proseLines(announcementVerdict(announcements), format)),
    ],
  ]);
}

const EXIT_CODE_OF: Readonly<Record<PlanAnswer['verdict'], number>> = {
  unchanged: EXIT_CODES.success,
  changes: EXIT_CODES.changes,
  partial: EXIT_CODES.partial,
};

export const planExitCode = (result: PlanResult): number => EXIT_CODE_OF[planVerdict(result)];

export function planVerdict({
  plan,
  notJudged,
  withoutEffect,
  podsCutOff,
  routes,
  announcements,
}: PlanResult): PlanAnswer['verdict'] {
  if (notJudged.length > 0) return 'partial';
  const losesRoutes =
    routes?.some(({ before, after }) => before.some((node) => !after.includes(node))) === true;
  const isDisrupted = announcements !== null && disruptsAnnouncements(announcements);
  const isHarmful = podsCutOff.length > 0 || losesRoutes || isDisrupted || withoutEffect.length > 0;
  return disruptsServices(plan) || isHarmful ? 'changes' : 'unchanged';
}
