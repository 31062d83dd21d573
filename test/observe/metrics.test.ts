import assert from 'node:assert/strict';
import { test } from 'node:test';
import { METRICS } from '../../src/observe/metric-definitions.ts';
import { Metrics } from '../../src/observe/metrics.ts';

/** The sample lines of one metric. */
async function samples(metrics: Metrics, name: string): Promise<string[]> {
  const lines = (await metrics.text()).split('\n');
  return lines.filter((line) => new RegExp(`^${name}(_bucket|_sum|_count)?[ {]`).test(line));
}

test('every metric exists from the start, with type and help', async () => {
  const text = await new Metrics('1.2.3').text();
  for (const [name, { type, help }] of Object.entries(METRICS)) {
    assert.ok(text.includes(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`), name);
  }
  const named = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  assert.deepEqual(named, Object.keys(METRICS), 'and there are no others');
});

test('metrics without labels start at 0, so that the first increase has a rate', async () => {
  const metrics = new Metrics('1');
  assert.deepEqual(await samples(metrics, 'berth_adoption_conflicts_total'), [
    'berth_adoption_conflicts_total 0',
  ]);
  assert.deepEqual(await samples(metrics, 'berth_leader'), ['berth_leader 0']);
});

test('counters count, gauges are set, and both end with the object that they measure', async () => {
  const metrics = new Metrics('1');
  metrics.count('berth_grants_total', { pool: 'a' });
  metrics.add('berth_grants_total', 2, { pool: 'a' });
  metrics.count('berth_grants_total', { pool: 'b' });
  metrics.set('berth_queue_depth', 7, { queue: 'services' });
  assert.deepEqual(await samples(metrics, 'berth_grants_total'), [
    'berth_grants_total{pool="a"} 3',
    'berth_grants_total{pool="b"} 1',
  ]);
  assert.deepEqual(await samples(metrics, 'berth_queue_depth'), ['berth_queue_depth{queue="services"} 7']);
  metrics.remove('berth_grants_total', { pool: 'a' });
  metrics.remove('berth_grants_total', { pool: 'never seen' });
  metrics.clear('berth_queue_depth');
  assert.deepEqual(await samples(metrics, 'berth_grants_total'), ['berth_grants_total{pool="b"} 1']);
  assert.deepEqual(await samples(metrics, 'berth_queue_depth'), []);
});

test('the histogram of assignments has buckets from a millisecond to a minute', async () => {
  const metrics = new Metrics('1');
  metrics.observe('berth_assignment_seconds', 0.0009);
  metrics.observe('berth_assignment_seconds', 59);
  metrics.observe('berth_assignment_seconds', 600);
  const lines = await samples(metrics, 'berth_assignment_seconds');
  for (const line of [
    'bucket{le="0.001"} 1',
    'bucket{le="30"} 1',
    'bucket{le="60"} 2',
    'bucket{le="+Inf"} 3',
    'count 3',
  ]) {
    assert.ok(lines.includes(`berth_assignment_seconds_${line}`), line);
  }
});

test('label values from the cluster cannot break the format', async () => {
  const metrics = new Metrics('1');
  metrics.set('berth_services_waiting', 1, { reason: 'a"b\\c\nd' });
  assert.deepEqual(await samples(metrics, 'berth_services_waiting'), [
    'berth_services_waiting{reason="a\\"b\\\\c\\nd"} 1',
  ]);
});

test('collectors run before each scrape until they are removed', async () => {
  const metrics = new Metrics('1');
  let depth = 1;
  const end = metrics.onScrape(() => metrics.set('berth_queue_depth', depth++, { queue: 'q' }));
  assert.deepEqual(await samples(metrics, 'berth_queue_depth'), ['berth_queue_depth{queue="q"} 1']);
  assert.deepEqual(await samples(metrics, 'berth_queue_depth'), ['berth_queue_depth{queue="q"} 2']);
  end();
  assert.deepEqual(await samples(metrics, 'berth_queue_depth'), ['berth_queue_depth{queue="q"} 2']);
});

test('the process has metrics, and CPU time only grows', async () => {
  const metrics = new Metrics('1.2.3');
  const value = async (name: string): Promise<number> =>
    Number((await samples(metrics, name))[0]?.split(' ')[1]);
  assert.ok((await value('process_resident_memory_bytes')) > 1e6);
  assert.ok((await value('nodejs_heap_used_bytes')) > 1e5);
  assert.ok((await value('process_start_time_seconds')) > 1.7e9);
  const before = await value('process_cpu_seconds_total');
  assert.ok(before > 0 && (await value('process_cpu_seconds_total')) >= before);
  assert.deepEqual(await samples(metrics, 'berth_build_info'), ['berth_build_info{version="1.2.3"} 1']);
});

test('two sets of metrics in one process are independent', async () => {
  const [one, other] = [new Metrics('1'), new Metrics('2')];
  one.set('berth_leader', 1);
  assert.deepEqual(await samples(other, 'berth_leader'), ['berth_leader 0']);
});
