/** The monitoring of the chart gives the objects of `deploy/monitoring`, and has a value for each alert. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { root } from '../../dev/place.mjs';
import { findClient } from '../support/client-binaries.ts';
import { findKubernetesBinaries, skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import { alerts } from './support/promtool.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests, read by a test that knows their shape
type Loose = any;

const helm = findClient('helm');
const skip = skipWithoutKubernetesBinaries() || (helm.isAvailable ? false : helm.reason);

const COMPONENTS = ['monitoring', 'monitoring/dashboards'];
const ON = { podMonitor: { enabled: true }, prometheusRule: { enabled: true } };
const WITH_SUBJECT = { ...ON, namespace: 'monitoring', serviceAccount: 'prometheus-k8s' };

function render(prometheus: object, grafana: object = {}) {
  assert.ok(helm.isAvailable);
  const image = { repository: 'registry.example/berth' };
  const values = { mode: 'controller-only', image, prometheus, grafana };
  const args = ['template', 'lb', join(root, 'charts/berth'), '--namespace', 'metallb-system'];
  return spawnSync(helm.path, [...args, '--values', '-'], {
    input: JSON.stringify(values),
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
  });
}

const id = ({ kind, metadata }: Loose): string => `${kind}/${metadata.name}`;

function parseObjects(text: string): Readonly<Record<string, Loose>> {
  const objects = parseAllDocuments(text).map((one) => one.toJS() as Loose);
  return Object.fromEntries(objects.filter((one) => one !== null).map((one) => [id(one), one]));
}

function charted(prometheus: object, grafana: object = {}): Readonly<Record<string, Loose>> {
  const { status, stdout, stderr } = render(prometheus, grafana);
  assert.equal(status, 0, stderr);
  return parseObjects(stdout);
}

function kustomized(...components: readonly string[]): Readonly<Record<string, Loose>> {
  const parts = findKubernetesBinaries();
  assert.ok(parts.isAvailable);
  const folder = mkdtempSync(join(tmpdir(), 'berth-monitoring-'));
  try {
    const paths = components.map((one) => relative(folder, join(root, 'deploy', one)));
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify({ components: paths }));
    return parseObjects(execFileSync(parts.kubectl, ['kustomize', folder], { encoding: 'utf8' }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const rulesOf = (objects: Readonly<Record<string, Loose>>): readonly Loose[] =>
  objects['PrometheusRule/berth'].spec.groups[0].rules;
const namesOf = (prometheusRule: object): readonly string[] =>
  rulesOf(charted({ prometheusRule: { enabled: true, ...prometheusRule } })).map(({ alert }) => alert);

/** The value of an alert: MetalLBBGPSessionDown is bgpSessionDown. */
const chartValueOf = (alert: string): string => {
  const name = alert
    .replace(/^(MetalLB|Berth)/, '')
    .replace(/^B(GP|FD)/, (term) => `B${term.slice(1).toLowerCase()}`);
  return name.startsWith('AddressPoolUsage') ? 'addressPoolUsage' : name[0]?.toLowerCase() + name.slice(1);
};

describe('the monitoring of the chart', { skip }, () => {
  it('gives the objects of deploy/monitoring and its dashboards', () => {
    const all = charted(WITH_SUBJECT, { dashboards: { enabled: true } });
    for (const [name, object] of Object.entries(kustomized(...COMPONENTS))) {
      const same = all[name];
      assert.ok(same, name);
      for (const label of ['app.kubernetes.io/managed-by', 'helm.sh/chart'])
        delete same.metadata.labels[label];
      assert.deepEqual(same, object);
    }
  });

  it('is off unless it is asked for', () => {
    const names = Object.keys(kustomized(...COMPONENTS));
    assert.ok(names.length >= 11, `${names}`);
    const initial = charted({});
    assert.deepEqual(
      names.filter((name) => name in initial),
      [],
    );
  });

  it('binds no Prometheus that is not named', () =>
    assert.deepEqual(
      Object.keys(charted(ON)).filter((name) => name.endsWith('/berth-prometheus')),
      [],
    ));

  it('has a value for each alert, which switches off that one alone', () => {
    const names = namesOf({});
    assert.deepEqual(
      names,
      alerts.map(({ alert }) => alert),
    );
    for (const value of new Set(names.map(chartValueOf)))
      assert.deepEqual(
        namesOf({ [value]: { enabled: false } }),
        names.filter((name) => chartValueOf(name) !== value),
        value,
      );
  });

  it('makes an alert of each threshold, with labels of its own', () => {
    const thresholds = [{ percent: 60, labels: { severity: 'info' } }];
    const [rule] = rulesOf(
      charted({ prometheusRule: { enabled: true, addressPoolUsage: { thresholds, excludePools: '^a\\.' } } }),
    ).filter(({ alert }) => alert === 'MetalLBAddressPoolUsage60Percent');
    assert.deepEqual(rule.labels, { severity: 'info' });
    assert.match(rule.expr, /> 60,/);
    assert.match(rule.annotations.summary, /^More than 60 % /);
    assert.ok(!rule.expr.includes('75') && rule.expr.includes('{pool!~"^a\\\\."}'), rule.expr);
  });

  it('links runbooks where they are published', () => {
    const runbooksUrl = 'https://runbooks.example/berth/';
    for (const { annotations } of rulesOf(charted({ prometheusRule: { enabled: true, runbooksUrl } })))
      assert.equal(annotations.runbook_url, runbooksUrl + annotations.runbook.replace('docs/runbooks/', ''));
  });

  it('adds what a Prometheus selects by, relabels and scrapes more often', () => {
    const relabelings = [{ action: 'drop', sourceLabels: ['a'] }];
    const podMonitor = {
      ...{ enabled: true, additionalLabels: { release: 'a' } },
      interval: '15s',
      relabelings,
    };
    const { metadata, spec } = charted({ podMonitor })['PodMonitor/berth'];
    assert.equal(metadata.labels.release, 'a');
    assert.equal(spec.podMetricsEndpoints[0].interval, '15s');
    assert.deepEqual(spec.podMetricsEndpoints[0].relabelings, relabelings);
  });

  it('refuses a ServiceAccount without its namespace', () => {
    const { status, stderr } = render({ ...ON, serviceAccount: 'prometheus' });
    assert.notEqual(status, 0);
    assert.match(stderr, /prometheus\.namespace is not: name the namespace of your Prometheus/);
  });
});
