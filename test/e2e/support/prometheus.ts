/** A real Prometheus that scrapes one program with a token, as the PodMonitor of `deploy/monitoring` has it. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prometheusPath } from '../../../dev/parts/prometheus.mjs';
import { onPath } from '../../../dev/parts/system.mjs';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/real-api/ports.ts';

export type PrometheusOptions = {
  /** Where it may keep its files; whoever calls removes it. */
  readonly folder: string;
  readonly target: string;
  readonly token: string;
  /** What a file of rules has. */
  readonly rules: unknown;
};

type Sample = {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
};

export class Prometheus {
  readonly #child: ChildProcess;
  readonly #url: string;
  #output = '';

  private constructor(folder: string, port: number) {
    this.#url = `http://127.0.0.1:${port}`;
    const command = [
      ...[prometheusPath('prometheus'), `--config.file=${join(folder, 'prometheus.yaml')}`],
      ...[`--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`],
    ];
    // The kernel ends it should this process die before it.
    const [first = '', ...rest] = onPath('setpriv')
      ? ['setpriv', '--pdeathsig', 'KILL', ...command]
      : command;
    this.#child = spawn(first, rest, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.#output += text;
    });
  }

  static async start({ folder: parent, target, token, rules }: PrometheusOptions): Promise<Prometheus> {
    const folder = join(parent, 'prometheus');
    mkdirSync(folder);
    writeFileSync(join(folder, 'token'), token);
    writeFileSync(join(folder, 'rules.yaml'), JSON.stringify(rules));
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.yaml'],
      scrape_configs: [
        {
          job_name: 'berth',
          scheme: 'https',
          authorization: { credentials_file: join(folder, 'token') },
          tls_config: { insecure_skip_verify: true },
          static_configs: [{ targets: [target], labels: { pod: 'berth', namespace: 'metallb-system' } }],
        },
      ],
    };
    writeFileSync(join(folder, 'prometheus.yaml'), JSON.stringify(config));
    const prometheus = new Prometheus(folder, await freePort());
    await eventually(async () => {
      assert.equal(prometheus.#child.exitCode, null, prometheus.#output);
      assert.equal((await fetch(`${prometheus.#url}/-/ready`)).status, 200);
    });
    return prometheus;
  }

  /** The samples that a query returns now. */
  async query(expr: string): Promise<readonly Sample[]> {
    const response = await fetch(`${this.#url}/api/v1/query?query=${encodeURIComponent(expr)}`);
    const body = (await response.json()) as { error?: string; data?: { result: readonly Sample[] } };
    assert.ok(body.data, `${expr}: ${body.error}`);
    return body.data.result;
  }

  /** Names of the alerts that fire now, each once, sorted. */
  async firing(): Promise<readonly string[]> {
    const alerts = await this.query('count by (alertname) (ALERTS{alertstate="firing"})');
    return alerts.map(({ metric }) => metric['alertname'] ?? '').sort();
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await eventually(() => assert.notEqual(this.#child.exitCode ?? this.#child.signalCode, null));
  }
}
