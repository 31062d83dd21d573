/** A migration and a rollback as JSON. */
import type { FeaturesRead } from './apply-steps.ts';
import type { MigrationObstacle } from './migration.ts';
import type { Rollback } from './rollback.ts';
import type { MigrationStep } from './step.ts';
import type { Takeover } from './takeover.ts';

type MigrationReport = {
  readonly namespace: string;
  readonly obstacles: readonly MigrationObstacle[];
  readonly takeover: Takeover;
  readonly features: FeaturesRead;
  readonly steps: readonly MigrationStep[];
  /** The steps have been taken. */
  readonly isApplied: boolean;
  /** Commands for the user. */
  readonly manual: readonly string[];
};

export const migrationJson = ({
  namespace,
  obstacles,
  takeover,
  features,
  steps,
  isApplied,
  manual,
}: MigrationReport) => ({
  namespace,
  obstacles,
  services: takeover,
  unsupported: features.uses,
  unread: features.unread,
  steps: stepsJson(steps, isApplied),
  left: manual,
});

type RollbackReport = Pick<MigrationReport, 'namespace' | 'steps' | 'isApplied'> &
  Pick<Rollback, 'waits' | 'refused'>;

export const rollbackJson = ({ namespace, steps, isApplied, waits, refused }: RollbackReport) => ({
  namespace,
  steps: stepsJson(steps, isApplied),
  waits,
  refused,
});

const stepsJson = (steps: readonly MigrationStep[], isApplied: boolean) =>
  steps.map(({ object, does, shows = [] }) => ({ object, does, shows, done: isApplied }));
