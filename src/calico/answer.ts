/** Everything that the controller asks of the model, in one go and as plain data, so that a thread can work it out. */
import type { Raw } from './fields.ts';
import { diagnose } from './findings/diagnose.ts';
import type { Finding } from './findings/finding.ts';
import { type AnnouncedVerdict, announcedVerdicts } from './verdicts.ts';

export type Question = {
  readonly objects: readonly Raw[];
  /** Kinds of which all there is is among them. */
  readonly read: readonly string[];
};

/** A finding without its edits and addresses, of which there may be many. */
export type Told = Pick<Finding, 'code' | 'severity' | 'object' | 'says' | 'todo' | 'concerns'>;

export type Answer = {
  /** By Service. */
  readonly verdicts: readonly (readonly [key: string, verdict: AnnouncedVerdict])[];
  readonly findings: readonly Told[];
};

export function answerTo({ objects, read }: Question, hashed: (name: string) => number): Answer {
  const { findings, world } = diagnose(objects, { hashed, read: new Set(read) });
  return {
    verdicts: [...announcedVerdicts(world, findings)],
    findings: findings.map(({ code, severity, object, says, todo, concerns }) => ({
      code,
      severity,
      object,
      says,
      todo,
      concerns: concerns.filter(({ kind }) => kind === 'IPAddressPool'),
    })),
  };
}
