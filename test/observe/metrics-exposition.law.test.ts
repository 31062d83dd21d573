/** Whatever stands in a label, every metric stays readable to a parser of Prometheus' text format, and ends with its object. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPrintable } from '../../src/base/printable.ts';
import { METRICS, type MetricName } from '../../src/observe/metric-definitions.ts';
import { LABEL_VALUE_CHARS_MAX, Metrics } from '../../src/observe/metrics.ts';
import { type Random, seeded, seeds } from '../support/random.ts';

type Sample = { readonly name: string; readonly labels: Readonly<Record<string, string>> };

/** C0, DEL, C1, separators, bidirectional and zero-width marks, lone surrogates, and what the format itself uses. */
const HOSTILE = [
  ...['\0', '\x01', '\t', '\n', '\r', '\x1b[31m', '\x7f', '\x85', '\x9b', '\u2028', '\u2029'],
  ...['\u202e', '\u2066', '\u200b', '\ufeff', '\ud800', '\udfff', '😀', 'é', 'e\u0301'],
  ...['"', '\\', '\\n', '{', '}', '=', '# HELP berth_leader x', '"} 1', '\nberth_leader 1', ' '],
];

function hostileText(random: Random): string {
  const parts = Array.from({ length: random.below(6) }, () =>
    random.chance(0.3) ? `name-${random.below(1000)}` : random.pick(HOSTILE),
  );
  const text = parts.join('');
  return random.chance(0.1) ? text.padEnd(LABEL_VALUE_CHARS_MAX - 5 + random.below(100_000), 'x') : text;
}

/** By the format's grammar alone: a line is a comment, or a name, labels in quotes, and a number. */
function parseExposition(text: string): readonly Sample[] {
  assert.ok(text.endsWith('\n'));
  return text
    .split('\n')
    .filter((line) => line !== '' && !/^# (HELP|TYPE) [a-z_0-9]+ /.test(line))
    .map((line) => {
      const parsed = /^([a-z_][a-z_0-9]*)(?:\{(.*)\})? (\S+)$/su.exec(line);
      assert.ok(parsed !== null, JSON.stringify(line));
      const [, name = '', body = '', value = ''] = parsed;
      assert.ok(!Number.isNaN(Number(value.replace('+Inf', 'Infinity'))), JSON.stringify(line));
      return { name, labels: parseLabels(body) };
    });
}

function parseLabels(body: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  let rest = body;
  while (rest !== '') {
    const parsed = /^([a-z_][a-z_0-9]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/su.exec(rest);
    assert.ok(parsed !== null, `no label at ${JSON.stringify(rest.slice(0, 80))}`);
    const [whole, name = '', value = ''] = parsed;
    labels[name] = value.replace(/\\(.)/gsu, (_, escaped) => (escaped === 'n' ? '\n' : String(escaped)));
    rest = rest.slice(whole.length);
  }
  return labels;
}

for (const seed of seeds(10, 500)) {
  test(`no text in a label breaks the exposition, SEED=${seed}`, async () => {
    const random = seeded(seed);
    const metrics = new Metrics('1');
    const plain = parseExposition(await metrics.text()).length;
    const written: { readonly name: MetricName; readonly labels: Readonly<Record<string, string>> }[] = [];
    for (const [name, { type, labels: names }] of Object.entries(METRICS)) {
      if (names.length === 0 || name === 'berth_build_info') continue;
      for (let series = 0; series < 5; series++) {
        const labels = Object.fromEntries(names.map((label) => [label, hostileText(random)]));
        const metric = name as MetricName;
        if (type === 'counter') metrics.count(metric as 'berth_grants_total', labels as { pool: string });
        else metrics.set(metric as 'berth_queue_depth', 1, labels as { queue: string });
        written.push({ name: metric, labels });
      }
    }
    const samples = parseExposition(await metrics.text());
    const labelled = samples.filter(({ name, labels }) => name !== 'berth_build_info' && !('le' in labels));
    const series = new Set(labelled.map(({ name, labels }) => JSON.stringify([name, labels])));
    assert.equal(series.size, labelled.length, 'each series is there once');
    assert.ok(samples.length - plain <= written.length, 'no more series than objects');
    for (const { labels } of labelled)
      for (const value of Object.values(labels)) {
        assert.ok(value.length <= LABEL_VALUE_CHARS_MAX, `${value.length} characters`);
        assert.ok(
          isPrintable(value.replace(/[\n\t]/g, '')) && !/\p{Surrogate}/u.test(value),
          JSON.stringify(value),
        );
      }
    for (const { name, labels } of written)
      metrics.remove(name as 'berth_queue_depth', labels as { queue: string });
    assert.equal(parseExposition(await metrics.text()).length, plain, 'every series ends with its object');
  });
}
