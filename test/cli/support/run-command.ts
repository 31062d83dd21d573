/** Runs a command in this process and captures its output. */
import { Readable, Writable } from 'node:stream';
import type { Clock } from '../../../src/base/clock.ts';
import type { CliContext } from '../../../src/cli/framework/context.ts';
import { createTerminal } from '../../../src/observe/terminal.ts';
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

/** Without a home folder and a kubeconfig, so that nothing of the machine is read. */
export async function runCommand(
  runner: CommandRunner,
  args: readonly string[],
  options: RunOptions = {},
): Promise<CommandResult> {
  const [stdout, stderr] = [new CapturedStream(), new CapturedStream()];
  const environment = options.environment ?? {};
  const code = await runner(args, {
    program: options.program ?? 'berth',
    version: '1.2.3',
    environment,
    home: '',
    stdin: Readable.from(options.stdin === undefined ? [] : [options.stdin]),
    stdout: createTerminal(stdout, environment),
    stderr: createTerminal(stderr, environment),
    clock: options.clock ?? new FakeClock(),
  });
  return { code, out: stdout.text, err: stderr.text };
}
