/** What both programs make of the flags that they share, before they start. */
import { hostname } from 'node:os';
import { EXIT_CODES } from '../../base/exit-codes.ts';
import { type FlagTable, type ParsedFlags, parseFlags } from '../../base/flags.ts';
import type { Result } from '../../base/result.ts';
import { type LegacyConfigSettings, loadLegacyReader } from '../../config/legacy/config-map.ts';
import { resolveTlsSettings, type TlsSettings } from '../../http-server/tls-settings.ts';
import { EventRecorder } from '../../kube/event-recorder.ts';
import type { KubeClient } from '../../kube/http/client.ts';
import { columnsOf } from '../../observe/terminal.ts';
import { systemClock } from '../../workqueue/system-clock.ts';
import { API_REQUEST_TIMEOUT } from './adapters.ts';
import {
  isHelpRequested,
  type ProcessContext,
  type ProgramFlags,
  type ProgramName,
  reportUsageErrors,
} from './bootstrap.ts';

export type ProgramFlagsReader<T extends FlagTable, S> = {
  readonly table: T;
  /** For a terminal of so many columns. */
  readonly help: (columns: number) => string;
  /** The settings; the errors are sentences. */
  readonly read: (parsed: ParsedFlags<T>) => Result<S, readonly string[]>;
};

/** `exit`: help was printed, or what is wrong with the flags. */
export type ProgramFlagsRead<T extends FlagTable, S> =
  | { readonly kind: 'run'; readonly parsed: ParsedFlags<T>; readonly settings: S }
  | { readonly kind: 'exit'; readonly code: number };

export function readProgramFlags<T extends FlagTable, S>(
  name: ProgramName,
  { table, help, read }: ProgramFlagsReader<T, S>,
  args: readonly string[],
  context: ProcessContext,
): ProgramFlagsRead<T, S> {
  if (isHelpRequested(args)) {
    context.stdout.write(help(columnsOf(context.stdout, context.environment)));
    return { kind: 'exit', code: EXIT_CODES.success };
  }
  const parsed = parseFlags(table, args, context.environment);
  const settings = parsed.ok ? read(parsed.value) : parsed;
  if (parsed.ok && settings.ok) return { kind: 'run', parsed: parsed.value, settings: settings.value };
  return { kind: 'exit', code: reportUsageErrors(name, context, settings.ok ? [] : settings.error) };
}

/** Of the flags of `table`, those that were set. */
export const givenOf = (table: FlagTable, given: ReadonlySet<string>): readonly string[] =>
  Object.keys(table).filter((name) => given.has(name));

export const tlsSettingsOf = (flags: ProgramFlags): Result<TlsSettings, readonly string[]> =>
  resolveTlsSettings({
    minVersion: flags['tls-min-version'],
    cipherSuites: flags['tls-cipher-suites'],
    curves: flags['tls-curve-preferences'],
  });

/** `name` is that of the ConfigMap; null where it is empty. */
export const legacyConfigOf = async (name: string): Promise<LegacyConfigSettings | null> =>
  name === '' ? null : { name, read: await loadLegacyReader() };

/** Outside of a Pod, its name is that of the machine. */
export const podNameOf = (flag: string): string => flag || hostname();

/** Events are those of MetalLB's program of that name. */
export const programEvents = (name: ProgramName, client: KubeClient, podName: string): EventRecorder =>
  new EventRecorder({
    ...{ client, clock: systemClock, random: Math.random, timeout: API_REQUEST_TIMEOUT },
    component: `metallb-${name}`,
    instance: podName,
  });
