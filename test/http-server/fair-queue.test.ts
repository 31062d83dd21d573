import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FairQueue } from '../../src/http-server/fair-queue.ts';
import { flushPromises } from '../support/fake-clock.ts';
import { type Random, seeded, seeds } from '../support/random.ts';

type Job = { readonly source: string; readonly name: string; readonly finish: () => void };

/** A queue whose jobs end when the test says so. */
class Bench {
  readonly queue: FairQueue;
  readonly running: Job[] = [];
  readonly started: string[] = [];
  readonly refused: string[] = [];

  constructor(places: number, waitingMax: number) {
    this.queue = new FairQueue({ places, waitingMax });
  }

  add(source: string, name: string): void {
    const run = this.queue.run(source, () => {
      this.started.push(name);
      return new Promise<void>((resolve) => {
        const job: Job = {
          source,
          name,
          finish: () => {
            this.running.splice(this.running.indexOf(job), 1);
            resolve();
          },
        };
        this.running.push(job);
      });
    });
    void run.then(({ ok }) => {
      if (!ok) this.refused.push(name);
    });
  }

  /** Ends the job that has run longest. */
  async finishOldest(): Promise<void> {
    this.running[0]?.finish();
    await flushPromises();
  }
}

describe('a source', () => {
  it('has one place, however often it asks, so that others have theirs', async () => {
    const bench = new Bench(4, 100);
    for (let count = 0; count < 50; count++) bench.add('flood', `flood ${count}`);
    bench.add('scraper', 'scrape');
    assert.deepEqual(bench.started, ['flood 0', 'scrape']);
    await bench.finishOldest();
    assert.deepEqual(bench.started, ['flood 0', 'scrape', 'flood 1']);
  });

  it('waits for one turn of each other source when all places are taken', async () => {
    const bench = new Bench(1, 100);
    for (const source of ['a', 'b', 'c']) for (const at of [1, 2, 3]) bench.add(source, `${source}${at}`);
    for (let count = 0; count < 9; count++) await bench.finishOldest();
    assert.deepEqual(bench.started, ['a1', 'b1', 'c1', 'a2', 'b2', 'c2', 'a3', 'b3', 'c3']);
  });

  it('with the most that waits is refused first when the queue is full', async () => {
    const bench = new Bench(1, 3);
    for (const name of ['f1', 'f2', 'f3', 'f4']) bench.add('flood', name);
    bench.add('scraper', 's1');
    await flushPromises();
    assert.deepEqual(bench.refused, ['f4']);
    bench.add('flood', 'f5');
    await flushPromises();
    assert.deepEqual(bench.refused, ['f4', 'f5']);
  });

  it('whose work throws, at once or later, gives up its place', async () => {
    const queue = new FairQueue({ places: 1, waitingMax: 1 });
    await assert.rejects(
      queue.run('a', () => {
        throw new Error('at once');
      }),
      /at once/,
    );
    await assert.rejects(
      queue.run('a', () => Promise.reject(new Error('later'))),
      /later/,
    );
    assert.deepEqual(await queue.run('a', () => 'served'), { ok: true, value: 'served' });
  });
});

async function runHistory(random: Random): Promise<void> {
  const places = 1 + random.below(3);
  const bench = new Bench(places, 1000);
  const sources = ['a', 'b', 'c', 'd', 'e'].slice(0, 1 + random.below(5));
  const added = new Map<string, string[]>(sources.map((source) => [source, []]));
  for (let step = 0; step < 60; step++) {
    if (random.chance(0.6)) {
      const source = random.pick(sources);
      const own = added.get(source) ?? [];
      bench.add(source, `${source}${own.push('') - 1}`);
    } else if (bench.running.length > 0) {
      random.pick(bench.running).finish();
      await flushPromises();
    }
    const running = bench.running.map(({ source }) => source);
    assert.equal(new Set(running).size, running.length, 'a source has two places');
    const waiting = sources.filter((source) => {
      const startedCount = bench.started.filter((name) => name.startsWith(source)).length;
      return startedCount < (added.get(source)?.length ?? 0);
    });
    const couldRun = new Set([...running, ...waiting]).size;
    assert.equal(running.length, Math.min(places, couldRun), 'a place is free and somebody waits');
  }
  for (const source of sources) {
    const started = bench.started.filter((name) => name.startsWith(source));
    assert.deepEqual(
      started,
      started.map((_, at) => `${source}${at}`),
      'a source is not served in its order',
    );
  }
}

it('no place is free while a source without one waits, after any history', async () => {
  for (const seed of seeds(50, 500)) {
    await runHistory(seeded(seed)).catch((cause: unknown) => {
      throw new Error(`the law does not hold under SEED=${seed}: ${String(cause)}`, { cause });
    });
  }
});
