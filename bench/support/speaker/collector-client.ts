/** The benchmark's end of the collector: ports are opened, and what is told there is waited for. */
import { type ChildProcess, fork } from 'node:child_process';
import type { CollectorOrder, CollectorReport } from './collector.ts';

export type UpdateReport = Extract<CollectorReport, { kind: 'heard' }>;

const WITHIN_MS = 60_000;

export class CollectorClient {
  readonly #child: ChildProcess;
  readonly #listeners = new Set<(report: CollectorReport) => void>();
  /** What each port has now. */
  readonly #has = new Map<number, number>();
  readonly #established = new Set<number>();
  /** Sessions that were lost, all in all. */
  lost = 0;

  constructor() {
    this.#child = fork(new URL('./collector.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });
    this.#child.on('message', (report: CollectorReport) => {
      if (report.kind === 'heard') this.#has.set(report.port, report.has);
      if (report.kind === 'moved') this.#moved(report);
      for (const listener of this.#listeners) listener(report);
    });
  }

  get established(): ReadonlySet<number> {
    return this.#established;
  }

  /** Opens a port; only connections under this password come through. */
  async open({ password = null, holdTime = 90 }: { password?: string | null; holdTime?: number } = {}) {
    const opened = this.until(({ kind }) => kind === 'opened');
    this.#send({ kind: 'open', password, holdTime });
    const { port } = await opened;
    return port;
  }

  bounce(): void {
    this.#send({ kind: 'bounce' });
  }

  /** The first thing told from now on of which that holds. */
  until(holds: (report: CollectorReport) => boolean): Promise<CollectorReport> {
    const { stack } = new Error('the collector was not told in time');
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
        if (!holds(report)) return;
        end();
        resolve(report);
      };
      this.#listeners.add(listener);
    });
  }

  /** When this port has so many prefixes, by the wall clock. */
  async has(port: number, prefixes: number): Promise<number> {
    const report = await this.until(
      (one) => one.kind === 'heard' && one.port === port && one.has === prefixes,
    );
    return report.kind === 'heard' ? report.at : Number.NaN;
  }

  /** When this prefix is announced there, or withdrawn. */
  async hears(port: number, prefix: string, isAnnounced: boolean): Promise<number> {
    const report = await this.until(
      (one) =>
        one.kind === 'heard' && one.port === port && one.prefix === prefix && one.isAnnounced === isAnnounced,
    );
    return report.kind === 'heard' ? report.at : Number.NaN;
  }

  /** When all of these ports have so many. */
  async haveAll(ports: readonly number[], prefixes: number): Promise<number> {
    const enough = (): boolean => ports.every((port) => this.#has.get(port) === prefixes);
    const report = await this.until((one) => one.kind === 'heard' && enough());
    return report.kind === 'heard' ? report.at : Number.NaN;
  }

  stop(): void {
    this.#child.disconnect();
  }

  #moved({ port, to }: Extract<CollectorReport, { kind: 'moved' }>): void {
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
