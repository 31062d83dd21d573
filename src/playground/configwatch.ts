/** What the controller and the speakers say of the configuration in their ConfigurationState objects, as lines. */

import type { Millis } from '../base/clock.ts';
import { compareText, plural } from '../base/text.ts';
import { fieldsOf, metadataOf, type Raw, textOf } from '../cluster/fields.ts';
import { CONFIGURATION_STATES } from '../kube/resource.ts';
import type { Versioned } from '../kube/store.ts';
import { DEFAULT_NAMESPACE } from '../program/flags.ts';
import { Picture, type PictureContext } from '../program/main/picture.ts';
import { shortened } from './learned.ts';
import { printable } from './table.ts';

/** Speakers come to the same end within milliseconds: that is one line, and not one for each. */
const GATHER: Millis = 150;
/** Complaints of one line. */
export const COMPLAINTS_MAX = 3;

/** By who says so: '' where nothing is wrong. */
export type ConfigBook = ReadonlyMap<string, string>;

type State = Versioned & { readonly who: string; readonly says: string };

export class ConfigWatch {
  readonly #context: PictureContext;
  readonly #say: (line: string) => void;
  readonly #states: Picture<State>;
  #said: ConfigBook = new Map();
  #hasBegun = false;
  #pending: (() => void) | null = null;

  constructor(context: PictureContext, say: (line: string) => void) {
    this.#context = context;
    this.#say = say;
    const changed = (): void => this.#changed();
    this.#states = new Picture<State>(context, {
      resource: CONFIGURATION_STATES,
      namespace: DEFAULT_NAMESPACE,
      translate: readState,
      keyOf: ({ who }) => who,
      changed,
      deleted: changed,
    });
  }

  /** From now on everything is said, what is wrong already too. */
  begin(): void {
    this.#hasBegun = true;
    this.#changed();
  }

  /** Settles after `signal` was aborted and the watch is hung up. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#states.run(signal);
    this.#hasBegun = false;
    this.#pending?.();
    this.#pending = null;
  }

  #changed(): void {
    if (!this.#hasBegun || this.#pending !== null) return;
    this.#pending = this.#context.clock.after(GATHER, () => {
      this.#pending = null;
      const now = new Map([...this.#states.store.values()].map(({ who, says }) => [who, says]));
      for (const line of configNews(this.#said, now)) this.#say(line);
      this.#said = now;
    });
  }
}

/** One that is new and content, or gone, is no news. */
export function configNews(before: ConfigBook, after: ConfigBook): readonly string[] {
  const bySays = new Map<string, string[]>();
  for (const [who, says] of [...after].sort(([a], [b]) => compareText(a, b))) {
    if (says !== (before.get(who) ?? '')) bySays.set(says, [...(bySays.get(says) ?? []), who]);
  }
  return [...bySays].map(([says, all]) => {
    const who = shortened(all);
    return says === ''
      ? `configuration  is right again (${who})`
      : printable(`configuration  is wrong, its last good version stays (${who}): ${clipped(says)}`);
  });
}

function clipped(says: string): string {
  const complaints = says.split('\n').map((line) => line.replace(/^configuration error: /, ''));
  const shown = complaints.slice(0, COMPLAINTS_MAX).join('; ');
  const hidden = complaints.length - COMPLAINTS_MAX;
  return hidden > 0 ? `${shown}; and ${plural(hidden, 'complaint')} more` : shown;
}

function readState(raw: Raw): State | null {
  const { uid, resourceVersion, name } = metadataOf(raw);
  if (textOf(name) === '') return null;
  const who = textOf(name).replace(/^speaker-/, '');
  const says = textOf(fieldsOf(raw['status'])['errorSummary']);
  return { uid: textOf(uid), resourceVersion: textOf(resourceVersion), who, says };
}
