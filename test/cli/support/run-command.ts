/** A command in this process, with streams that are kept. */
import { Readable, Writable } from 'node:stream';
import type { Clock } from '../../../src/base/clock.ts';
import type { CliContext } from '../../../src/cli/framework/context.ts';
import { FakeClock } from '../../support/fake-clock.ts';

export type CommandResult = { readonly code: number; readonly out: string; readonly err: string };

export type CommandRunner = (args: readonly string[], context: CliContext) => Promise<number>;

export type RunOptions = {
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly program?: string;
  readonly clock?: Clock;
};

export class CapturedStream extends Writable {
  text = '';
  isTTY = false;

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Without a home and a kubeconfig: nothing of the machine it runs on is seen. */
export async function runCommand(
  runner: CommandRunner,
  args: readonly string[],
  options: RunOptions = {},
): Promise<CommandResult> {
  const [stdout, stderr] = [new CapturedStream(), new CapturedStream()];
  const code = await runner(args, {
    program: options.program ?? 'berth',
    version: '1.2.3',
    environment: options.environment ?? {},
    home: '',
    stdin: Readable.from(options.stdin === undefined ? [] : [options.stdin]),
    stdout,
    stderr,
    clock: options.clock ?? new FakeClock(),
  });
  return { code, out: stdout.text, err: stderr.text };
}
