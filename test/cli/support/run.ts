/** A command in this process, with streams that are kept. */
import { Readable, Writable } from 'node:stream';
import type { Clock } from '../../../src/base/clock.ts';
import type { CliContext } from '../../../src/cli/context.ts';
import { FakeClock } from '../../support/clock.ts';

export type Ran = { readonly code: number; readonly out: string; readonly err: string };

export type Main = (args: readonly string[], context: CliContext) => Promise<number>;

export type Stage = {
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly program?: string;
  readonly clock?: Clock;
};

export class Kept extends Writable {
  text = '';
  isTTY = false;

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Without a home and a kubeconfig: nothing of the machine it runs on is seen. */
export async function run(main: Main, args: readonly string[], stage: Stage = {}): Promise<Ran> {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const code = await main(args, {
    program: stage.program ?? 'berth',
    version: '1.2.3',
    environment: stage.environment ?? {},
    home: '',
    stdin: Readable.from(stage.stdin === undefined ? [] : [stage.stdin]),
    stdout,
    stderr,
    clock: stage.clock ?? new FakeClock(),
  });
  return { code, out: stdout.text, err: stderr.text };
}
