/** A migration and a rollback as JSON. */
import type { MigrationObstacle } from './migration.ts';
import type { MigrationStep } from './step.ts';
import type { Takeover } from './takeover.ts';

type MigrationReport = {
  readonly namespace: string;
  readonly obstacles: readonly MigrationObstacle[];
  readonly takeover: Takeover;
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
  steps,
  isApplied,
  manual,
}: MigrationReport) => ({
  namespace,
  obstacles,
  services: takeover,
  steps: stepsJson(steps, isApplied),
  left: manual,
});

type RollbackReport = Pick<MigrationReport, 'namespace' | 'steps' | 'isApplied'> & {
  readonly waits: string | null;
};

export const rollbackJson = ({ namespace, steps, isApplied, waits }: RollbackReport) => ({
  namespace,
  steps: stepsJson(steps, isApplied),
  waits,
});

const stepsJson = (steps: readonly MigrationStep[], isApplied: boolean) =>
  steps.map(({ object, does }) => ({ object, does, done: isApplied }));
