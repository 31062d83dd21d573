/** Runs promtool on the rules of `deploy/monitoring`. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { prometheusPath } from '../../../dev/parts/prometheus.mjs';
import { root, strict } from '../../../dev/place.mjs';

export type Alert = {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
};

/** What `spec` of a PrometheusRule and a file of rules have in common. */
type RuleFile = { readonly groups: readonly { readonly rules: readonly Alert[] }[] };

export const ruleFile: RuleFile = parse(
  readFileSync(join(root, 'deploy/monitoring/prometheusrule.yaml'), 'utf8'),
).spec;

/** Without `for`: where a real Prometheus runs, no test waits for minutes. promtool holds the minutes. */
export const impatientRules: RuleFile = {
  groups: ruleFile.groups.map((group) => ({
    ...group,
    rules: group.rules.map(({ for: _, ...rule }) => rule),
  })),
};

export const alerts: readonly Alert[] = ruleFile.groups.flatMap(({ rules }) => rules);

/** False where promtool is, else why a test is skipped. With CI=true, a missing one throws. */
export function skipWithoutPromtool(): false | string {
  if (process.env['BERTH_REAL_PARTS'] === 'none') return 'switched off by BERTH_REAL_PARTS=none';
  if (existsSync(prometheusPath('promtool'))) return false;
  const reason = 'promtool is not unpacked; npm test does that where there is apt';
  if (strict) throw new Error(`CI=true, and ${reason}`);
  return reason;
}

/** Calls promtool with the paths of the rules and of the file `name`, which has `content`. */
export function promtool(
  args: (rules: string, file: string) => readonly string[],
  content: unknown,
): { readonly code: number | null; readonly output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'berth-promtool-'));
  try {
    const [rules, file] = [join(folder, 'rules.yaml'), join(folder, 'test.yaml')];
    writeFileSync(rules, JSON.stringify(ruleFile));
    writeFileSync(file, JSON.stringify(content));
    const { status, stdout, stderr } = spawnSync(prometheusPath('promtool'), args(rules, file), {
      cwd: folder,
      encoding: 'utf8',
    });
    return { code: status, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Series in promtool's notation: what it measures, and its values, one a minute. */
export type Series = Readonly<Record<string, string>>;

/** Names of the alerts that fire at a minute, each with how often; held by promtool itself. */
export type Expectation = { readonly minute: number; readonly firing: Readonly<Record<string, number>> };

/** Fails with promtool's words if other alerts fire than expected. */
export function assertFiring(series: Series, expectations: readonly Expectation[]): void {
  const { code, output } = promtool((_, file) => ['test', 'rules', file], {
    rule_files: ['rules.yaml'],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: expectations.map(({ minute, firing }) => ({
          expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
          eval_time: `${minute}m`,
          exp_samples: Object.entries(firing).map(([alertname, value]) => ({
            labels: `{alertname="${alertname}"}`,
            value,
          })),
        })),
      },
    ],
  });
  assert.equal(code, 0, output);
}
