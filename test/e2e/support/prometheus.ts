/** A real Prometheus, in the network of the test or in one of its namespaces. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prometheusPath } from '../../../dev/parts/prometheus.mjs';
import { eventually } from '../../support/eventually.ts';
import type { NetworkNamespace } from '../../support/netns/network.ts';
import { freePort } from '../../support/real-api/ports.ts';
import { type ServerProcess, startServerProcess } from '../../support/real-api/server-process.ts';

export type PrometheusOptions = {
  /** Where it may keep its files; whoever calls removes it. */
  readonly folder: string;
  /** What `scrape_configs` of its configuration has. */
  readonly scrape: readonly object[];
  /** What a file of rules has. */
  readonly rules: unknown;
  /** Where it runs; in the network of this process without it. */
  readonly host?: NetworkNamespace;
};

export type Sample = {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
};

const REQUEST_SECONDS = 20;

export class Prometheus {
  readonly #server: ServerProcess;
  readonly #url: string;
  readonly #host: NetworkNamespace | null;

  private constructor(server: ServerProcess, url: string, host: NetworkNamespace | null) {
    this.#server = server;
    this.#url = url;
    this.#host = host;
  }

  static async start({ folder: parent, scrape, rules, host }: PrometheusOptions): Promise<Prometheus> {
    const folder = join(parent, 'prometheus');
    mkdirSync(folder);
    writeFileSync(join(folder, 'rules.yaml'), JSON.stringify(rules));
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.yaml'],
      scrape_configs: scrape,
    };
    writeFileSync(join(folder, 'prometheus.yaml'), JSON.stringify(config), { mode: 0o600 });
    const address = `127.0.0.1:${await freePort()}`;
    const program = prometheusPath('prometheus');
    const flags = [
      ...[`--config.file=${join(folder, 'prometheus.yaml')}`, `--storage.tsdb.path=${join(folder, 'data')}`],
      `--web.listen-address=${address}`,
    ];
    const server =
      host?.start('prometheus', program, ...flags) ??
      startServerProcess({ path: folder, recordChild: () => {} }, 'prometheus', program, flags);
    const prometheus = new Prometheus(server, `http://${address}`, host ?? null);
    await eventually(async () => {
      if (server.exit() === null) assert.match(await prometheus.#get('/-/ready'), /is Ready/);
    });
    assert.equal(server.exit(), null, server.tail());
    return prometheus;
  }

  /** The samples that a query returns now. */
  async query(expr: string): Promise<readonly Sample[]> {
    const answer = await this.#get(`/api/v1/query?query=${encodeURIComponent(expr)}`);
    const body = JSON.parse(answer) as { error?: string; data?: { result: readonly Sample[] } };
    assert.ok(body.data, `${expr}: ${body.error}`);
    return body.data.result;
  }

  /** Names of the alerts that fire now, each once, sorted. */
  async firing(): Promise<readonly string[]> {
    const alerts = await this.query('count by (alertname) (ALERTS{alertstate="firing"})');
    return alerts.map(({ metric }) => metric['alertname'] ?? '').sort();
  }

  /** Waits until the one sample that a query returns has this value. */
  until(expr: string, value: string): Promise<void> {
    return eventually(
      async () => {
        const samples = await this.query(expr);
        assert.deepEqual(
          samples.map((sample) => sample.value[1]),
          [value],
          expr,
        );
      },
      { interval: 250 },
    );
  }

  async stop(): Promise<void> {
    await this.#server.end('SIGKILL');
  }

  /** An error has a body, too: only an answer that is none throws. */
  async #get(path: string): Promise<string> {
    const url = `${this.#url}${path}`;
    if (this.#host !== null) return this.#host.run('curl', '-sS', '--max-time', `${REQUEST_SECONDS}`, url);
    return (await fetch(url, { signal: AbortSignal.timeout(REQUEST_SECONDS * 1000) })).text();
  }
}
