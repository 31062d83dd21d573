/** Client of the collector: opens ports, and waits for what they receive. */
import { type ChildProcess, fork } from 'node:child_process';
import type { CollectorOrder, CollectorReport } from './collector.ts';

export type UpdateReport = Extract<CollectorReport, { kind: 'update' }>;

const WITHIN_MS = 60_000;

export class CollectorClient {
  readonly #child: ChildProcess;
  readonly #listeners = new Set<(report: CollectorReport) => void>();
  /** The number of prefixes of each port. */
  readonly #has = new Map<number, number>();
  readonly #established = new Set<number>();
  /** The number of lost sessions. */
  lost = 0;

  constructor() {
    this.#child = fork(new URL('./collector.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });
    this.#child.on('message', (report: CollectorReport) => {
      if (report.kind === 'update') this.#has.set(report.port, report.has);
      if (report.kind === 'state') this.#stateChanged(report);
      for (const listener of this.#listeners) listener(report);
    });
  }

  get established(): ReadonlySet<number> {
    return this.#established;
  }

  /** Opens a port; with a password only connections that use it are accepted. */
  async open({ password = null, holdTime = 90 }: { password?: string | null; holdTime?: number } = {}) {
    const opened = this.until(({ kind }) => kind === 'opened');
    this.#send({ kind: 'open', password, holdTime });
    const { port } = await opened;
    return port;
  }

  /** Resets all sessions. */
  reset(): void {
    this.#send({ kind: 'reset' });
  }

  /** The first report from now on that matches. */
  until(matches: (report: CollectorReport) => boolean): Promise<CollectorReport> {
    const { stack } = new Error('no such report of the collector in time');
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(limit);
        this.#listeners.delete(listener);
      };
      const limit = setTimeout(() => {
        end();
        reject(new Error(`${stack}; it has ${JSON.stringify([...this.#has])}`));
      }, WITHIN_MS);
      const listener = (report: CollectorReport): void => {
        if (!matches(report)) return;
        end();
        resolve(report);
      };
      this.#listeners.add(listener);
    });
  }

  /** When this port has exactly this many prefixes, by `wallNow`. */
  async has(port: number, prefixes: number): Promise<number> {
    const report = await this.until(
      (one) => one.kind === 'update' && one.port === port && one.has === prefixes,
    );
    return report.kind === 'update' ? report.at : Number.NaN;
  }

  /** When this prefix is announced to the port, or withdrawn. */
  async updateOf(port: number, prefix: string, isAnnounced: boolean): Promise<number> {
    const report = await this.until(
      (one) =>
        one.kind === 'update' &&
        one.port === port &&
        one.prefix === prefix &&
        one.isAnnounced === isAnnounced,
    );
    return report.kind === 'update' ? report.at : Number.NaN;
  }

  /** When all of these ports have this many prefixes. */
  async haveAll(ports: readonly number[], prefixes: number): Promise<number> {
    const enough = (): boolean => ports.every((port) => this.#has.get(port) === prefixes);
    const report = await this.until((one) => one.kind === 'update' && enough());
    return report.kind === 'update' ? report.at : Number.NaN;
  }

  stop(): void {
    this.#child.disconnect();
  }

  #stateChanged({ port, to }: Extract<CollectorReport, { kind: 'state' }>): void {
    if (to === 'Established') this.#established.add(port);
    else if (this.#established.delete(port)) {
      this.lost += 1;
      this.#has.set(port, 0);
    }
  }

  #send(order: CollectorOrder): void {
    this.#child.send(order);
  }
}
