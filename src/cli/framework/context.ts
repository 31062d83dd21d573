/** What a command is handed of the process it runs in. */
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import type { EnvironmentVariables } from '../../base/flags.ts';

export type Terminal = Writable & { readonly isTTY?: boolean };

export type CliContext = {
  /** As it was called: `berth`, or `kubectl berth`. */
  readonly program: string;
  readonly version: string;
  readonly environment: EnvironmentVariables;
  /** '' where there is none. */
  readonly home: string;
  readonly stdin: Readable;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly clock: Clock;
};
