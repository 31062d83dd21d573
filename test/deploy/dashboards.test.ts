/** Every query of the dashboards is valid, asks for metrics and labels that exist, and returns data where there is some. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { METRICS, type MetricSpec } from '../../src/observe/metric-definitions.ts';
import { dashboards, filledIn } from './support/dashboards.ts';
import { promtool, skipWithoutPromtool } from './support/promtool.ts';

const queries = dashboards.flatMap(({ title, panels }) =>
  panels.flatMap((panel) =>
    panel.targets.map(({ expr, legendFormat }) => ({
      name: `${title}, ${panel.title}`,
      expr: filledIn(expr, '5m'),
      legendFormat,
    })),
  ),
);

const specOf = (name: string): MetricSpec | undefined => {
  const known: Readonly<Record<string, MetricSpec>> = METRICS;
  return known[name] ?? known[name.replace(/_(bucket|count|sum)$/, '')];
};

/** Names of metrics in a query. */
const metricsIn = (expr: string): readonly string[] =>
  [...expr.matchAll(/\b(?:metallb|berth|process|nodejs)_\w+/g)].map(([name]) => name);

/** Labels that a scrape adds to every series. */
const TARGET = { namespace: 'metallb-system', job: 'berth', pod: 'a', instance: 'a:9120' };

/** Two values for a label, where queries ask for certain ones; one value is enough for the others. */
const VALUES: Readonly<Record<string, readonly string[]>> = { protocol: ['bgp', 'layer2'] };

const formatSeries = (name: string, labels: Readonly<Record<string, string>>): string =>
  `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')}}`;

/** Series of a metric, as a process that has everything to measure exports them. */
function seriesOf([name, { type, labels }]: [string, MetricSpec]): readonly string[] {
  const combinations = labels.reduce<readonly Readonly<Record<string, string>>[]>(
    (all, label) =>
      all.flatMap((one) => (VALUES[label] ?? ['x']).map((value) => ({ ...one, [label]: value }))),
    [TARGET],
  );
  return combinations.flatMap((one) =>
    type === 'histogram'
      ? [
          ...['0.1', '+Inf'].map((le) => formatSeries(`${name}_bucket`, { ...one, le })),
          formatSeries(`${name}_count`, one),
        ]
      : [formatSeries(name, one)],
  );
}

/** Only the leader has 1, and a flag of a process is not a count. */
const FLAGS: ReadonlySet<string> = new Set(['berth_leader', 'metallb_speaker_announced']);

const inputSeries = (except: string | null) =>
  Object.entries(METRICS)
    .filter(([name]) => name !== except)
    .flatMap((entry) => seriesOf(entry))
    .map((series) => ({
      series,
      values: FLAGS.has(series.slice(0, series.indexOf('{'))) ? '1+0x60' : '1+1x60',
    }));

/** What promtool says of queries that should each return something. */
function ask(expressions: readonly string[], except: string | null) {
  return promtool((_, file) => ['test', 'rules', file], {
    rule_files: [],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: inputSeries(except),
        promql_expr_test: expressions.map((expr) => ({
          expr: `count(${expr}) > bool 0`,
          eval_time: '60m',
          exp_samples: [{ labels: '{}', value: 1 }],
        })),
      },
    ],
  });
}

describe('queries of the dashboards', { skip: skipWithoutPromtool() }, () => {
  it('return data where there is some', () => {
    assert.ok(queries.length > 50, `${queries.length} queries`);
    const { code, output } = ask(
      queries.map(({ expr }) => expr),
      null,
    );
    assert.equal(code, 0, output);
  });

  it('return nothing without their metric, so that the row above can fail', () => {
    const { code, output } = ask(['max by (resource) (berth_watch_age_seconds)'], 'berth_watch_age_seconds');
    assert.equal(code, 1, output);
  });
});

describe('the dashboards', () => {
  it('ask for metrics that exist', () => {
    for (const { name, expr } of queries) {
      assert.notDeepEqual(metricsIn(expr), [], name);
      for (const metric of metricsIn(expr)) assert.ok(specOf(metric), `${name}: ${metric}`);
    }
  });

  it('group by labels that the metrics have, and name lines by labels that are left', () => {
    for (const { name, expr, legendFormat } of queries) {
      const labels = new Set([
        ...Object.keys(TARGET),
        'le',
        ...metricsIn(expr).flatMap((metric) => specOf(metric)?.labels ?? []),
      ]);
      for (const [, list = ''] of expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g))
        for (const label of list.split(', ')) assert.ok(labels.has(label), `${name}: by ${label}`);
      const grouped = /\bby \(([^)]*)\)/.exec(expr)?.[1]?.split(', ');
      for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
        assert.ok(grouped?.includes(label) ?? labels.has(label), `${name}: line {{${label}}}`);
    }
  });

  it('show every metric that has one', () => {
    const shown = new Set(queries.flatMap(({ expr }) => metricsIn(expr)).map((name) => specOf(name)));
    const hidden = Object.entries(METRICS)
      .filter(([, spec]) => !shown.has(spec))
      .map(([name]) => name);
    assert.deepEqual(hidden, [
      // The sum of both families is shown by family.
      'metallb_bgp_announced_prefixes_total',
      // Always 0.
      'metallb_bfd_echo_packet_input',
      'metallb_bfd_echo_packet_output',
      // Follow from those that are shown.
      'metallb_bfd_session_up_events',
      'metallb_bfd_zebra_notifications',
    ]);
  });

  it('have panels that say what they show, and do not overlap', () => {
    for (const { title, panels } of dashboards) {
      assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length, title);
      for (const panel of panels) {
        assert.match(panel.description, /\w.*\.$/, panel.title);
        const { h, w, x, y } = panel.gridPos;
        const overlapping = panels.filter(
          ({ id, gridPos: other }) =>
            id !== panel.id &&
            x < other.x + other.w &&
            other.x < x + w &&
            y < other.y + other.h &&
            other.y < y + h,
        );
        assert.deepEqual(
          overlapping.map((one) => one.title),
          [],
          panel.title,
        );
      }
    }
  });
});
