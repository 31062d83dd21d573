/** How ServiceL2Status objects are written: each change once, at a limited rate, whatever is elected meanwhile. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toLayer2Service } from '../../../src/layer2/election/layer2-service.ts';
import { RecordIndex } from '../../../src/layer2/election/record-index.ts';
import { planRecords } from '../../../src/layer2/election/record-plan.ts';
import type { WatchedRecord } from '../../../src/layer2/objects/watched-objects.ts';
import { decodeService } from '../../../src/objects/service.ts';
import { silentLog } from '../../../src/observe/log.ts';
import type { RequestOutcome } from '../../../src/runtime/ports.ts';
import { RECORDS_PER_SECOND, RecordWriter } from '../../../src/speaker/layer2/record-writer.ts';
import { service } from '../../announce/support/cluster.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const NODE = 'n1';
const STALE: RequestOutcome<never> = { kind: 'stale' };

/** In the namespace web, or `NAMESPACE/NAME`. */
function layer2Service(given: string) {
  const [name = '', namespace = 'web'] = given.split('/').reverse();
  const raw = service(name, ['10.0.0.1']);
  const decoded = decodeService({ apiVersion: 'v1', ...raw, metadata: { name, namespace } });
  assert.ok(decoded !== null);
  return { ...toLayer2Service(decoded), uid: `uid-${name}` };
}

/** A node that owns Services, and an API server that answers when the test lets it. */
class Harness {
  readonly clock = new FakeClock();
  readonly requests: string[] = [];
  readonly records = new RecordIndex<WatchedRecord>();
  interfaces: readonly string[] = ['eth0'];
  owned: readonly string[];
  plansAsked = 0;
  answer: () => Promise<RequestOutcome<never> | null> = async () => null;
  readonly writer: RecordWriter;

  constructor(owned: readonly string[]) {
    this.owned = owned;
    this.writer = new RecordWriter({
      ...{ clock: this.clock, random: () => 0.5, log: silentLog },
      planAgain: () => {
        this.plansAsked += 1;
      },
      onFault: (error) => assert.fail(String(error)),
      api: {
        create: ({ key, uid }) =>
          this.#request(`create ${key}`, {
            ...{ name: `l2-${uid}`, service: key, node: NODE, interfaces: null },
            ...{ handOverTo: null, pod: null, uid: `of-${uid}`, resourceVersion: '1' },
          }),
        setInterfaces: (record, interfaces) =>
          this.#request(`patch ${record.service} ${interfaces.join(' ')}`, { ...record, interfaces }),
        delete: (record) => this.#request(`delete ${record.name}`, record),
      },
    });
  }

  async #request(text: string, after: WatchedRecord): Promise<RequestOutcome<WatchedRecord>> {
    this.requests.push(text);
    const failure = await this.answer();
    if (failure !== null) return failure;
    const before = this.records.of(after.service).find(({ name }) => name === after.name);
    this.records.replace(before, text.startsWith('delete') ? undefined : after);
    return { kind: 'done', value: after };
  }

  /** As an election does. */
  plan(): void {
    const share = {
      services: new Map(
        this.owned.map((name) => {
          const one = layer2Service(name);
          return [one.key, { service: one, wanted: this.interfaces, addresses: ['10.0.0.1'] }] as const;
        }),
      ),
      addresses: [],
    };
    const state = { elections: [], byService: new Map(), refusals: new Map(), records: new Map() };
    const speaker = { node: NODE, share, alive: new Set([NODE]), others: new Set<string>() };
    this.writer.setPlan(planRecords(state, this.records, speaker));
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  }
}

/** Requests that the API server answers when it is let. */
function gate() {
  const waiting: ((outcome: RequestOutcome<never> | null) => void)[] = [];
  return {
    answer: () => new Promise<RequestOutcome<never> | null>((resolve) => waiting.push(resolve)),
    open: (outcome: RequestOutcome<never> | null = null) => waiting.shift()?.(outcome),
  };
}

describe('the records of a node', () => {
  it('take two requests for a new Service, however many elections there are meanwhile', async () => {
    const harness = new Harness(['blog']);
    const { answer, open } = gate();
    harness.answer = answer;
    for (let turn = 0; turn < 3; turn++) {
      harness.plan();
      await harness.settle();
    }
    open();
    await harness.settle();
    for (let turn = 0; turn < 3; turn++) {
      harness.plan();
      await harness.settle();
    }
    open();
    await harness.settle();
    harness.plan();
    await harness.settle();
    assert.deepEqual(harness.requests, ['create web/blog', 'patch web/blog eth0']);
  });

  it('follow a change that comes while the Service is in flight', async () => {
    const harness = new Harness(['blog']);
    const { answer, open } = gate();
    harness.answer = answer;
    harness.plan();
    await harness.settle();
    open();
    await harness.settle();
    harness.interfaces = ['eth1'];
    harness.plan();
    open();
    await harness.settle();
    assert.equal(harness.plansAsked, 1);
    harness.plan();
    await harness.settle();
    open();
    await harness.settle();
    assert.deepEqual(harness.requests, ['create web/blog', 'patch web/blog eth0', 'patch web/blog eth1']);
  });

  it('are written at the named rate, after a burst of one second', async () => {
    const names = Array.from({ length: 3 * RECORDS_PER_SECOND }, (_, index) => `s${index}`);
    const harness = new Harness(names);
    harness.plan();
    const created = async () => {
      await harness.settle();
      return harness.requests.filter((one) => one.startsWith('create')).length;
    };
    for (let turn = 0; turn < RECORDS_PER_SECOND; turn++) await harness.settle();
    assert.equal(await created(), RECORDS_PER_SECOND);
    for (let tenth = 0; tenth < 10; tenth++) {
      for (let turn = 0; turn < 10; turn++) {
        harness.clock.advance(10);
        await harness.settle();
      }
      harness.plan();
    }
    assert.equal(await created(), 2 * RECORDS_PER_SECOND);
  });

  it('of one namespace hold up no other one, though all of its requests hang', async () => {
    const hanging = Array.from({ length: 20 }, (_, index) => `s${index}`);
    const harness = new Harness(hanging);
    harness.answer = () =>
      harness.requests.at(-1)?.includes(' shop/') ? Promise.resolve(null) : new Promise(() => {});
    harness.plan();
    await harness.settle();
    harness.owned = [...hanging, 'shop/blog'];
    harness.plan();
    await harness.settle();
    const done = harness.requests.filter((one) => one.includes(' shop/'));
    assert.deepEqual(done, ['create shop/blog', 'patch shop/blog eth0']);
  });

  it('are tried again after a failure, and not sooner because of an election', async () => {
    const harness = new Harness(['blog']);
    harness.answer = async () => STALE;
    harness.plan();
    await harness.settle();
    harness.plan();
    await harness.settle();
    assert.equal(harness.requests.length, 1);
    harness.answer = async () => null;
    harness.clock.advance(1000);
    await harness.settle();
    assert.deepEqual(harness.requests.slice(1), ['create web/blog', 'patch web/blog eth0']);
  });

  it('are not tried again once another node has them', async () => {
    const harness = new Harness(['blog']);
    harness.answer = async () => STALE;
    harness.plan();
    await harness.settle();
    harness.owned = [];
    harness.plan();
    harness.clock.advance(60_000);
    await harness.settle();
    assert.equal(harness.requests.length, 1);
  });

  it('are not tried again once another node got them while they were in flight', async () => {
    const harness = new Harness(['blog']);
    const { answer, open } = gate();
    harness.answer = answer;
    harness.plan();
    await harness.settle();
    harness.owned = [];
    harness.plan();
    open({ kind: 'unknown', because: 'as scripted' });
    await harness.settle();
    harness.clock.advance(60_000);
    await harness.settle();
    assert.deepEqual(harness.requests, ['create web/blog']);
  });

  it('are tried again where they were lost and won back while in flight', async () => {
    const harness = new Harness(['blog']);
    const { answer, open } = gate();
    harness.answer = answer;
    harness.plan();
    await harness.settle();
    for (const owned of [[], ['blog']]) {
      harness.owned = owned;
      harness.plan();
    }
    open(STALE);
    await harness.settle();
    harness.plan();
    harness.clock.advance(60_000);
    await harness.settle();
    assert.deepEqual(harness.requests, ['create web/blog', 'create web/blog']);
  });
});
