/** A reflector in a scripted world, and what it told its handler, in words. */
import type { TestContext } from 'node:test';
import type { Namespace } from '../../src/cluster/namespace.ts';
import { Reflector, type ReflectorOptions, type ReflectorState } from '../../src/kube/reflector.ts';
import { SERVICES } from '../../src/kube/resource.ts';
import { translateNamespace } from '../../src/kube/translate.ts';
import { FakeClock } from '../support/clock.ts';
import { ScriptedClient } from './script.ts';

export type Story = {
  readonly client: ScriptedClient;
  readonly clock: FakeClock;
  readonly reflector: Reflector<Namespace>;
  /** What the handler was told, in words. */
  readonly told: string[];
  readonly states: ReflectorState[];
  readonly stop: () => Promise<void>;
};

export function begin(
  t: TestContext,
  options: Partial<ReflectorOptions<Namespace>> = {},
  client = new ScriptedClient(),
): Story {
  const clock = new FakeClock();
  const told: string[] = [];
  const states: ReflectorState[] = [];
  const reflector = new Reflector<Namespace>({
    client,
    resource: SERVICES,
    clock,
    random: () => 0.5,
    translate: translateNamespace,
    keyOf: (item) => item.name,
    handler: {
      replaced: (items, version) =>
        told.push(`all at ${version}: ${items.map((item) => item.name).join(' ')}`),
      changed: (item, type) => told.push(`${type} ${item.name}`),
      deleted: (key) => told.push(`DELETED ${key}`),
      state: (state) => states.push(state),
    },
    ...options,
  });
  const stopping = new AbortController();
  const running = reflector.run(stopping.signal);
  const stop = (): Promise<void> => {
    stopping.abort();
    return running;
  };
  t.after(stop);
  return { client, clock, reflector, told, states, stop };
}

export const phase = (story: Story): string => {
  const state = story.states.at(-1);
  return `${state?.phase}${state?.trouble ? ` (${state.trouble.kind})` : ''}`;
};

export const queryOf = (path: string): Record<string, string> =>
  Object.fromEntries(new URL(path, 'http://api').searchParams);
