/** The writer of the condition about announcements, with a clock, Services and an API that the test controls. */
import assert from 'node:assert/strict';
import { sleep } from '../../../src/base/clock.ts';
import {
  ANNOUNCED_CONDITION,
  AnnouncedConditionWriter,
} from '../../../src/controller/announced/condition-writer.ts';
import type { Address } from '../../../src/net/address.ts';
import type { Condition, ConditionValue } from '../../../src/objects/condition.ts';
import { type Service, type ServiceKey, splitServiceKey } from '../../../src/objects/service.ts';
import { silentLog } from '../../../src/observe/log.ts';
import type { RequestOutcome } from '../../../src/runtime/ports.ts';
import { service } from '../../allocation/support/test-cluster.ts';
import { FakeClock } from '../../support/fake-clock.ts';

export const LEARNED: ConditionValue = { status: 'True', reason: 'Predicted', message: 'learned' };
export const NOT_LEARNED: ConditionValue = { status: 'False', reason: 'NoPeer', message: 'not learned' };

export class WriterHarness {
  readonly clock = new FakeClock();
  readonly services = new Map<ServiceKey, Service>();
  readonly writes: { readonly key: ServiceKey; readonly status: string; readonly at: number }[] = [];
  conditions = new Map<ServiceKey, ConditionValue>();
  predict: (address: Address) => ConditionValue | null = () => null;
  readonly events: string[] = [];
  /** Of the next writes. */
  outcomes: RequestOutcome<Service>['kind'][] = [];
  /** Of all writes in a namespace, how they fail, and after which time. */
  readonly failures = new Map<string, { readonly kind: 'refused' | 'unknown'; readonly after: number }>();
  /** The time that a write takes which does not fail. */
  delay = 0;
  nodes = 3;
  isLeading = true;
  isUnavailable = false;
  isPartial = false;
  readonly writer = new AnnouncedConditionWriter({
    clock: this.clock,
    random: () => 0,
    log: silentLog,
    view: {
      get: (key) => this.services.get(key),
      values: () => this.services.values(),
      applyResponse: (one) => void this.services.set(one.key, one),
      confirmExists: () => {},
      confirmDeleted: () => {},
    },
    api: { patch: (key, body) => this.#patch(key, body), read: () => assert.fail('nothing is read') },
    evaluate: () =>
      Promise.resolve(
        this.isUnavailable
          ? null
          : {
              ...{ byService: this.conditions, predict: this.predict },
              ...(this.isPartial ? { isPartial: true } : {}),
            },
      ),
    isManaged: ({ loadBalancerClass }) => loadBalancerClass === null,
    events: ({ regarding, event: { type, reason, message } }) =>
      void this.events.push(`${regarding.name} ${type} ${reason}: ${message}`),
    nodeCount: () => this.nodes,
    isLeading: () => this.isLeading,
  });

  add(count: number, condition: ConditionValue, namespace = 'default'): void {
    for (let index = 0; index < count; index++) {
      const one = service(`${namespace}/s${index}`);
      this.services.set(one.key, one);
      this.conditions.set(one.key, condition);
    }
  }

  statusOf(key: ServiceKey): string | undefined {
    return this.services.get(key)?.conditions.find(({ type }) => type === ANNOUNCED_CONDITION)?.status;
  }

  /** Evaluates, and lets `time` pass. */
  async evaluate(time = 2000): Promise<void> {
    this.writer.changed();
    await this.pass(time);
  }

  async pass(time: number): Promise<void> {
    for (let passed = 0; passed < time; passed += 25) {
      this.clock.advance(25);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #patch(key: ServiceKey, body: object): Promise<RequestOutcome<Service>> {
    const { status } = body as { status: { conditions: readonly (Condition & { $patch?: string })[] } };
    const [condition] = status.conditions;
    assert.ok(condition);
    const isRemoved = condition.$patch === 'delete';
    this.writes.push({ key, status: isRemoved ? 'dropped' : condition.status, at: this.clock.now() });
    const failure = this.failures.get(splitServiceKey(key).namespace);
    if (failure !== undefined) {
      await sleep(this.clock, failure.after);
      return { kind: failure.kind, because: 'as scripted' };
    }
    if (this.delay > 0) await sleep(this.clock, this.delay);
    const outcome = this.outcomes.shift() ?? 'done';
    if (outcome === 'gone' || outcome === 'stale') return { kind: outcome };
    if (outcome !== 'done') return { kind: 'unknown', because: 'as scripted' };
    const before = this.services.get(key) ?? service(key);
    return { kind: 'done', value: { ...before, conditions: isRemoved ? [] : [condition] } };
  }
}
