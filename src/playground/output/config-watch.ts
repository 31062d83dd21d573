/**
 * This file watches the ConfigurationState objects of the controller and the speakers, and prints a line for each
 * change.
 */

import type { Millis } from '../../base/clock.ts';
import { fieldsOf, type Raw, textOf } from '../../base/json.ts';
import { oneLine } from '../../base/printable.ts';
import { abbreviateNames, compareText, plural } from '../../base/text.ts';
import { CONFIGURATION_STATES } from '../../kube/resource.ts';
import { metadataOf, type ObjectVersion } from '../../objects/metadata.ts';
import { Informer, type InformerContext } from '../../runtime/main/informer.ts';

/** Speakers report the same error within milliseconds of each other; one line covers all of them. */
const BATCH_WINDOW: Millis = 150;
/** Errors shown in one line. */
export const ERRORS_SHOWN_MAX = 3;

/** The error summary of each component; '' where the configuration is valid. */
export type ConfigStateErrors = ReadonlyMap<string, string>;

type ComponentState = ObjectVersion & { readonly component: string; readonly errorSummary: string };

export class ConfigWatch {
  readonly #context: InformerContext;
  readonly #print: (line: string) => void;
  readonly #states: Informer<ComponentState>;
  #reported: ConfigStateErrors = new Map();
  #isStarted = false;
  #cancelPending: (() => void) | null = null;

  constructor(context: InformerContext, namespace: string, print: (line: string) => void) {
    this.#context = context;
    this.#print = print;
    const changed = (): void => this.#changed();
    this.#states = new Informer<ComponentState>(
      context,
      {
        resource: CONFIGURATION_STATES,
        namespace,
        decode: readComponentState,
        keyOf: ({ component }) => component,
      },
      { changed, deleted: changed },
    );
  }

  /** Starts to print: errors that exist already, and then each change. */
  start(): void {
    this.#isStarted = true;
    this.#changed();
  }

  /** Resolves after `signal` was aborted and the watch is closed. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#states.run(signal);
    this.#isStarted = false;
    this.#cancelPending?.();
    this.#cancelPending = null;
  }

  #changed(): void {
    if (!this.#isStarted || this.#cancelPending !== null) return;
    this.#cancelPending = this.#context.clock.after(BATCH_WINDOW, () => {
      this.#cancelPending = null;
      const now = new Map(
        [...this.#states.store.values()].map(({ component, errorSummary }) => [component, errorSummary]),
      );
      for (const line of describeConfigChanges(this.#reported, now)) this.#print(line);
      this.#reported = now;
    });
  }
}

/** The lines for a change. A new component without an error and a removed component give no line. */
export function describeConfigChanges(
  before: ConfigStateErrors,
  after: ConfigStateErrors,
): readonly string[] {
  const componentsByError = new Map<string, string[]>();
  for (const [component, errorSummary] of [...after].sort(([a], [b]) => compareText(a, b))) {
    if (errorSummary !== (before.get(component) ?? ''))
      componentsByError.set(errorSummary, [...(componentsByError.get(errorSummary) ?? []), component]);
  }
  return [...componentsByError].map(([errorSummary, components]) => {
    const component = abbreviateNames(components);
    return errorSummary === ''
      ? `configuration  is valid again (${component})`
      : oneLine(
          `configuration  is invalid, the last valid version stays in force (${component}): ${truncateErrors(errorSummary)}`,
        );
  });
}

function truncateErrors(errorSummary: string): string {
  const errors = errorSummary.split('\n').map((line) => line.replace(/^configuration error: /, ''));
  const shown = errors.slice(0, ERRORS_SHOWN_MAX).join('; ');
  const hidden = errors.length - ERRORS_SHOWN_MAX;
  return hidden > 0 ? `${shown}; and ${plural(hidden, 'more error')}` : shown;
}

function readComponentState(raw: Raw): ComponentState | null {
  const { uid, resourceVersion, name } = metadataOf(raw);
  if (textOf(name) === '') return null;
  const component = textOf(name).replace(/^speaker-/, '');
  const errorSummary = textOf(fieldsOf(raw['status'])['errorSummary']);
  return { uid: textOf(uid), resourceVersion: textOf(resourceVersion), component, errorSummary };
}
