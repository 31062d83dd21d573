/**
 * Speakers of MetalLB, as their Pods show them. They elect apart from Berth's, and never talk to them. A process of MetalLB answers
 * from its start on, and its Pod is ready up to ten seconds later.
 */
import { fieldsOf, type Raw, textOf, textsOf } from '../../base/json.ts';
import { decodeConditions } from '../../objects/condition.ts';

/**
 * `ready`; `starting`: its process was not ready yet, and may run; `gone`: it is about to be deleted, its process has ended, or it is
 * ready no more.
 */
export type MetallbPhase = 'ready' | 'starting' | 'gone';

/** What of a Pod says how MetalLB's speaker on its node elects. */
export type MetallbProcess = {
  readonly phase: MetallbPhase;
  /** Its `--lb-class`; null announces the Services without a class. */
  readonly lbClass: string | null;
  /** Its `--ignore-exclude-lb`. */
  readonly ignoreExcludeLabel: boolean;
};

export type MetallbSpeaker = MetallbProcess & {
  readonly node: string;
  /** Name of its Pod. */
  readonly pod: string;
};

export type MetallbPodFacts = {
  readonly isReady: boolean;
  readonly isDeleting: boolean;
  readonly status: Raw;
  /** Its container, of the spec. */
  readonly container: Raw;
  /** Of the same container, of the status. */
  readonly containerStatus: Raw;
};

export function metallbProcess(facts: MetallbPodFacts): MetallbProcess {
  const args = textsOf(facts.container['args']);
  return {
    phase: phaseOf(facts),
    lbClass: flagValue(args, 'lb-class') || null,
    ignoreExcludeLabel: ['', 'true'].includes(flagValue(args, 'ignore-exclude-lb') ?? 'false'),
  };
}

/**
 * The condition Ready of a Pod that starts has not changed since its container started. One that was ready and is not any more
 * has one that changed later: also where the node has failed, and nobody says that the container does not run. A process may
 * answer before the kubelet says that it runs.
 */
function phaseOf({ isReady, isDeleting, status, containerStatus }: MetallbPodFacts): MetallbPhase {
  if (isDeleting) return 'gone';
  if (isReady) return 'ready';
  const startedAt = startTime(containerStatus);
  const ready = decodeConditions(status['conditions']).find(({ type }) => type === 'Ready');
  if (startedAt === null) return hasEnded(containerStatus) ? 'gone' : 'starting';
  if (ready === undefined) return 'gone';
  const changedAt = Date.parse(ready.lastTransitionTime);
  return changedAt <= startedAt ? 'starting' : 'gone';
}

/** A container that does not run has run before. */
const hasEnded = ({ state, lastState }: Raw): boolean =>
  [state, lastState].some((one) => 'terminated' in fieldsOf(one));

/** Null for a container that does not run. */
function startTime({ state }: Raw): number | null {
  const startedAt = Date.parse(textOf(fieldsOf(fieldsOf(state)['running'])['startedAt']));
  return Number.isNaN(startedAt) ? null : startedAt;
}

/** As Go's flags are written: with one dash or two, and with `=`. Null without the flag, '' without a value. */
function flagValue(args: readonly string[], name: string): string | null {
  for (const arg of args) {
    const match = /^--?([a-z0-9-]+)(?:=(.*))?$/.exec(arg);
    if (match?.[1] === name) return match[2] ?? '';
  }
  return null;
}
