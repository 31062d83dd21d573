/** What a command gets from the process that it runs in. */
import type { Readable } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import type { EnvironmentVariables } from '../../base/flags.ts';
import type { Terminal } from '../../observe/terminal.ts';

export type CliContext = {
  /** How the user called the program: `berth`, or `kubectl berth`. */
  readonly program: string;
  readonly version: string;
  readonly environment: EnvironmentVariables;
  /** Home folder; '' if there is none. */
  readonly home: string;
  readonly stdin: Readable;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly clock: Clock;
};

/** Runs a command and returns its exit code. */
export type RunCommand = (args: readonly string[], context: CliContext) => Promise<number>;
