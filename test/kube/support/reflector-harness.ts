/** Runs a reflector on a scripted client, and records the calls of its handler as text. */
import type { TestContext } from 'node:test';
import {
  Reflector,
  type ReflectorOptions,
  type ReflectorState,
} from '../../../src/kube/informer/reflector.ts';
import { SERVICES } from '../../../src/kube/resource.ts';
import { decodeNamespace, type Namespace } from '../../../src/objects/namespace.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { ScriptedClient } from './scripted-client.ts';

export type ReflectorHarness = {
  readonly client: ScriptedClient;
  readonly clock: FakeClock;
  readonly reflector: Reflector<Namespace>;
  /** The calls of the handler, as text. */
  readonly events: string[];
  readonly states: ReflectorState[];
  readonly stop: () => Promise<void>;
};

export function startReflector(
  t: TestContext,
  options: Partial<ReflectorOptions<Namespace>> = {},
  client = new ScriptedClient(),
): ReflectorHarness {
  const clock = new FakeClock();
  const events: string[] = [];
  const states: ReflectorState[] = [];
  const reflector = new Reflector<Namespace>({
    client,
    resource: SERVICES,
    clock,
    random: () => 0.5,
    decode: decodeNamespace,
    keyOf: (item) => item.name,
    handler: {
      replaced: (items, version) =>
        events.push(`all at ${version}: ${items.map((item) => item.name).join(' ')}`),
      changed: (item, type) => events.push(`${type} ${item.name}`),
      deleted: (key) => events.push(`DELETED ${key}`),
      stateChanged: (state) => states.push(state),
    },
    ...options,
  });
  const abort = new AbortController();
  const running = reflector.run(abort.signal);
  const stop = (): Promise<void> => {
    abort.abort();
    return running;
  };
  t.after(stop);
  return { client, clock, reflector, events, states, stop };
}

export const lastPhase = (harness: ReflectorHarness): string => {
  const state = harness.states.at(-1);
  return `${state?.phase}${state?.problem ? ` (${state.problem.kind})` : ''}`;
};

export const queryOf = (path: string): Record<string, string> =>
  Object.fromEntries(new URL(path, 'http://api').searchParams);
