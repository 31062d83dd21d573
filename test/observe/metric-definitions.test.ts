import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { METRICS, type MetricSpec } from '../../src/observe/metric-definitions.ts';

const LIST: readonly (readonly [string, MetricSpec])[] = Object.entries(METRICS);

test('docs/metrics.md lists every metric with the same text, and no other', () => {
  const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  const rows = page
    .split('\n')
    .filter((line) => /^\| `[a-z0-9]+_\w+` \| (counter|gauge|histogram) /.test(line));
  const wanted = LIST.map(([name, { type, labels, help }]) => {
    const named = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} |${named === '' ? '' : ` ${named}`} | ${help} |`;
  });
  assert.deepEqual(rows, wanted);
});

test('docs/metrics.md explains every label', () => {
  const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  const labels = page.slice(page.indexOf('## Labels'), page.indexOf('## Alerts'));
  for (const [name, { labels: own }] of LIST) {
    for (const label of own) assert.ok(labels.includes(`\`${label}\``), `${label} of ${name}`);
  }
});

/** Counters of MetalLB that have no suffix: its users' dashboards have these names. */
const COUNTERS_WITHOUT_SUFFIX = /^metallb_(layer2|bfd)_/;

test('names follow the rules of Prometheus, so that its tools understand them', () => {
  for (const [name, { type, labels, buckets }] of LIST) {
    assert.match(name, /^(metallb|berth|process|nodejs)_[a-z0-9_]+$/);
    for (const label of labels) assert.match(label, /^[a-z][a-z0-9_]*$/);
    if (type === 'counter' && !COUNTERS_WITHOUT_SUFFIX.test(name)) assert.match(name, /_total$/);
    if (type === 'histogram') assert.match(name, /_seconds$/);
    const bounds = buckets ?? [];
    assert.deepEqual(
      bounds,
      [...bounds].sort((a, b) => a - b),
      `${name}: bounds rise`,
    );
    assert.equal(bounds.length > 0, type === 'histogram', name);
  }
});

test('the metrics of MetalLB dashboards exist, with MetalLB’s labels', () => {
  const theirs = LIST.filter(([name]) => name.startsWith('metallb_')).map(
    ([name, { labels }]) => `${name}{${labels.join()}}`,
  );
  const allocator = ['', 'ipv4_', 'ipv6_'].flatMap((family) => [
    `metallb_allocator_${family}addresses_in_use_total{pool}`,
    `metallb_allocator_${family}addresses_total{pool}`,
  ]);
  const client = ['config_loaded_bool', 'config_stale_bool', 'update_errors_total', 'updates_total'];
  const bfd = [
    'session_up',
    ...['control_packet', 'echo_packet'].flatMap((kind) => [`${kind}_input`, `${kind}_output`]),
    ...['session_up_events', 'session_down_events', 'zebra_notifications'],
  ];
  const layer2 = ['requests_received', 'responses_sent', 'gratuitous_sent'];
  const wanted = [
    ...allocator,
    ...bfd.map((name) => `metallb_bfd_${name}{peer,vrf}`),
    ...layer2.map((name) => `metallb_layer2_${name}{ip}`),
    'metallb_allocator_services_allocated_total{pool}',
    ...client.map((name) => `metallb_k8s_client_${name}{}`),
    'metallb_speaker_announced{service,protocol,node,ip}',
    ...['session_up', 'updates_total', 'announced_prefixes_total', 'pending_prefixes_total'].map(
      (name) => `metallb_bgp_${name}{peer}`,
    ),
  ];
  assert.deepEqual(theirs.sort(), wanted.sort());
});
