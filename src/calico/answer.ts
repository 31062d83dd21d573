/** Everything that the controller asks of the model, in one go and as plain data, so that a thread can work it out. */
import type { Raw } from '../cluster/fields.ts';
import { findIn } from './findings/diagnose.ts';
import type { Finding } from './findings/finding.ts';
import { worldOf } from './findings/world.ts';
import { Tracker } from './tracker.ts';
import { type AnnouncedVerdict, announcedVerdicts, type RangeWord, rangeWords } from './verdicts.ts';

export type Question = {
  /** Nothing of before counts: `put` is all there is. */
  readonly afresh: boolean;
  readonly put: readonly Raw[];
  readonly gone: readonly Raw[];
  /** Kinds of which all there is is among them. */
  readonly read: readonly string[];
};

/** A finding without its edits and addresses, of which there may be many. */
export type Told = Pick<Finding, 'code' | 'severity' | 'object' | 'says' | 'todo' | 'concerns'>;

export type Answer = {
  /** By Service. */
  readonly verdicts: readonly (readonly [key: string, verdict: AnnouncedVerdict])[];
  readonly findings: readonly Told[];
  readonly ranges: readonly RangeWord[];
};

/** Remembers the cluster, so that a question only brings what has changed. */
export class Answerer {
  readonly #hashed: (name: string) => number;
  #tracker: Tracker | null = null;

  constructor(hashed: (name: string) => number) {
    this.#hashed = hashed;
  }

  answer({ afresh, put, gone, read }: Question): Answer {
    const options = { hashed: this.#hashed, read: new Set(read) };
    if (afresh || this.#tracker === null) {
      this.#tracker = new Tracker(put, (objects) => worldOf(objects, options).picture);
    } else {
      for (const object of gone) this.#tracker.apply({ kind: 'gone', object });
      for (const object of put) this.#tracker.apply({ kind: 'put', object });
    }
    const { objects, picture } = this.#tracker;
    const world = worldOf(objects, options, picture);
    const { findings } = findIn(world);
    return {
      verdicts: [...announcedVerdicts(world, findings)],
      ranges: rangeWords(world),
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
}
