/** Bootstrap of both programs: flags, log, client of the API server, two ports, and the signal to stop. */

import { homedir } from 'node:os';
import type { Writable } from 'node:stream';
import type { Millis } from '../../base/clock.ts';
import { EXIT_CODES } from '../../base/exit-codes.ts';
import { type EnvironmentVariables, type Flags, type FlagTable, formatFlags } from '../../base/flags.ts';
import { escapeControls } from '../../base/printable.ts';
import { fitLines, HELP_COLUMNS_MAX } from '../../base/text.ts';
import type { TlsSettings } from '../../http-server/tls-settings.ts';
import { findRestConfig } from '../../kube/auth/find-rest-config.ts';
import { KubeClient } from '../../kube/http/client.ts';
import { createLog, type Log, type LogLevel } from '../../observe/log.ts';
import { logFormat, streamSink } from '../../observe/log-sink.ts';
import { Metrics } from '../../observe/metrics.ts';
import { systemClock } from '../../workqueue/system-clock.ts';
import { DEFAULT_NAMESPACE, type PROGRAM_FLAGS } from '../flags.ts';
import { openHttpPorts } from './http-ports.ts';
import { warnOfOldServer } from './server-version.ts';
import { tuneForStart } from './v8-tuning.ts';

/** Any long time: a pending timer keeps the process alive. */
const KEEP_ALIVE_INTERVAL: Millis = 3_600_000;

export type ProgramName = 'controller' | 'speaker';

export type ProgramFlags = Flags<typeof PROGRAM_FLAGS>;

export type ProcessContext = {
  readonly environment: EnvironmentVariables;
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable;
  readonly version: string;
  /** Aborted by SIGTERM and SIGINT. */
  readonly signal: AbortSignal;
  /** The path of this program, from which a thread is started; null where it was not built. */
  readonly script: string | null;
  /** A program and its arguments that print a self-signed certificate; null where there is none. */
  readonly certificateCommand: readonly [string, ...string[]] | null;
};

export type ProgramRuntime = {
  readonly client: KubeClient;
  readonly metrics: Metrics;
  readonly log: Log;
  /** The namespace of the objects of metallb.io and of our own. */
  readonly namespace: string;
  /** Describes the server, for people. */
  readonly server: string;
};

/** A controller or a speaker. */
export type RunnableProgram = {
  notReady(): string | null;
  /** Runs until the signal is aborted; rejects after an internal error. */
  run(signal: AbortSignal): Promise<void>;
};

export const isHelpRequested = (args: readonly string[]): boolean =>
  args.some((arg) => arg === '--help' || arg === '-h' || arg === '-help');

/** `description` and `example` are whole lines. */
export const formatProgramHelp = (
  name: ProgramName,
  description: string,
  { flags, ignored, example }: { flags: FlagTable; ignored: FlagTable; example: string },
  columns = HELP_COLUMNS_MAX,
): string =>
  fitLines(
    `${description}

Usage: berth ${name} [flags]

Flags:
${formatFlags(flags, Math.min(columns, HELP_COLUMNS_MAX))}

Accepted for MetalLB's manifests, without meaning here:
  ${Object.keys(ignored)
    .map((flag) => `--${flag}`)
    .join('  ')
    .replace(/(.{1,92})(?: {2}|$)/g, '$1\n  ')
    .trimEnd()}

Example:
  ${example}
`,
    Math.min(columns, HELP_COLUMNS_MAX),
  );

export function reportUsageErrors(
  name: ProgramName,
  { stderr }: ProcessContext,
  errors: readonly string[],
): number {
  for (const error of errors) stderr.write(`berth ${name}: ${escapeControls(error)}\n`);
  stderr.write(`berth ${name} --help lists the flags\n`);
  return EXIT_CODES.usage;
}

/** `ignoredFlags` were given and have no effect. Null where no cluster is configured. */
export async function bootstrapProgram(
  name: ProgramName,
  { flags, ignoredFlags }: { readonly flags: ProgramFlags; readonly ignoredFlags: readonly string[] },
  context: ProcessContext,
): Promise<ProgramRuntime | null> {
  const { environment, stdout, version } = context;
  const log = createLog({
    level: flags['log-level'] as LogLevel,
    sink: streamSink(stdout),
    clock: systemClock,
    ...logFormat(stdout, environment),
  });
  if (ignoredFlags.length > 0) log.info('flags of MetalLB without effect here', { flags: ignoredFlags });
  const { kubeconfig } = flags;
  const target = await findRestConfig({
    kubeconfig,
    context: flags.context,
    environment,
    home: homedir(),
    clock: systemClock,
  });
  if (!target.ok) {
    log.error('cannot determine the cluster', { because: target.error, kubeconfig });
    return null;
  }
  const client = new KubeClient({
    config: target.value,
    clock: systemClock,
    userAgent: `berth/${version} (${name})`,
  });
  // The namespace of a kubeconfig's context is that in which its user works, not that of the pools.
  const podNamespace = kubeconfig === '' ? target.value.namespace : null;
  const namespace = flags.namespace || podNamespace || DEFAULT_NAMESPACE;
  return { client, metrics: new Metrics(version), log, namespace, server: target.value.description };
}

export type ServeOptions = {
  readonly flags: ProgramFlags;
  readonly tls: TlsSettings;
  readonly probeHost: string | null;
};

/** Opens the ports and runs the program to its end; returns the exit code. */
export async function serveProgram(
  { client, metrics, log }: ProgramRuntime,
  program: RunnableProgram,
  { flags, tls, probeHost }: ServeOptions,
  { certificateCommand, signal }: ProcessContext,
): Promise<number> {
  const stopTuning = tuneForStart(systemClock, () => program.notReady() === null);
  const ports = await openHttpPorts(
    {
      metricsPort: flags.port,
      plainHttp: flags['metrics-plain-http'],
      certificateDir: flags['metrics-cert-dir'],
      tls,
      probePort: flags['health-probe-port'],
      probeHost,
      certificateCommand,
    },
    { client, clock: systemClock, log, metrics, notReady: () => program.notReady() },
  );
  if (!ports.ok) {
    stopTuning();
    log.error('a port cannot be opened', { because: ports.error });
    return EXIT_CODES.failure;
  }
  // The clock's timers do not keep the process alive; without ports and connections nothing else does.
  const keepAlive = setInterval(() => {}, KEEP_ALIVE_INTERVAL);
  try {
    void warnOfOldServer({ client, clock: systemClock, log }, signal);
    await program.run(signal);
    log.info('stopped');
    return EXIT_CODES.success;
  } catch (error) {
    log.error('internal error: the process ends, to be restarted', { error });
    return EXIT_CODES.failure;
  } finally {
    clearInterval(keepAlive);
    stopTuning();
    await Promise.all(ports.value.map((port) => port.close()));
    client.close();
  }
}
