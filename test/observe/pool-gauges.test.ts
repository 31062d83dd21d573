import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metrics } from '../../src/observe/metrics.ts';
import { PoolGauges } from '../../src/observe/pool-gauges.ts';

const MOST = Number.MAX_SAFE_INTEGER;

async function poolLines(metrics: Metrics): Promise<string[]> {
  return (await metrics.text()).split('\n').filter((line) => line.includes('pool="'));
}

test('a pool has the seven gauges of MetalLB dashboards', async () => {
  const metrics = new Metrics('1');
  new PoolGauges(metrics).set('a', { assigned4: 2, assigned6: 1, available4: 254, available6: 3 }, 4);
  assert.deepEqual(await poolLines(metrics), [
    'metallb_allocator_addresses_total{pool="a"} 260',
    'metallb_allocator_ipv4_addresses_total{pool="a"} 256',
    'metallb_allocator_ipv6_addresses_total{pool="a"} 4',
    'metallb_allocator_addresses_in_use_total{pool="a"} 3',
    'metallb_allocator_ipv4_addresses_in_use_total{pool="a"} 2',
    'metallb_allocator_ipv6_addresses_in_use_total{pool="a"} 1',
    'metallb_allocator_services_allocated_total{pool="a"} 4',
  ]);
});

test('an enormous pool is full at the largest exact number, never beyond it and never negative', async () => {
  const metrics = new Metrics('1');
  new PoolGauges(metrics).set('v6', { assigned4: 0, assigned6: 5, available4: 256, available6: MOST }, 5);
  const lines = await poolLines(metrics);
  assert.ok(lines.includes(`metallb_allocator_addresses_total{pool="v6"} ${MOST}`));
  assert.ok(lines.includes(`metallb_allocator_ipv6_addresses_total{pool="v6"} ${MOST}`));
});

test('a deleted pool loses all its series, and no other does', async () => {
  const metrics = new Metrics('1');
  const gauges = new PoolGauges(metrics);
  for (const pool of ['a', 'b']) {
    gauges.set(pool, { assigned4: 0, assigned6: 0, available4: 1, available6: 0 }, 0);
    metrics.count('berth_grants_total', { pool });
  }
  gauges.remove('a');
  gauges.remove('a');
  const lines = await poolLines(metrics);
  assert.equal(lines.filter((line) => line.includes('"a"')).length, 0);
  assert.equal(lines.filter((line) => line.includes('"b"')).length, 8);
});

test('without the lease the pool gauges end, and the counters stay', async () => {
  const metrics = new Metrics('1');
  const gauges = new PoolGauges(metrics);
  gauges.set('a', { assigned4: 0, assigned6: 0, available4: 1, available6: 0 }, 0);
  metrics.count('berth_grants_total', { pool: 'a' });
  gauges.clear();
  assert.deepEqual(await poolLines(metrics), ['berth_grants_total{pool="a"} 1']);
});
