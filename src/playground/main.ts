/**
 * This file is the entry point of `berth playground`: it runs a small cluster with the real controller in one process,
 * until it is stopped.
 */

import { relative } from 'node:path';
import { cwd } from 'node:process';
import { fileURLToPath } from 'node:url';
import { EXIT_CODES } from '../base/exit-codes.ts';
import { type EnvironmentVariables, type Flags, type ParsedFlags, parseFlags } from '../base/flags.ts';
import { escapeControls } from '../base/printable.ts';
import { ok, type Result } from '../base/result.ts';
import { createLog, type Log, silentLog } from '../observe/log.ts';
import { logFormat, streamSink } from '../observe/log-sink.ts';
import { columnsOf, createTerminal, type OutputStream } from '../observe/terminal.ts';
import { systemClock } from '../workqueue/system-clock.ts';
import { NAMESPACE_DEFAULTS } from './cluster/apply.ts';
import { startPlaygroundCluster } from './cluster/cluster.ts';
import { type KubeconfigFile, writeKubeconfig } from './cluster/kubeconfig.ts';
import { PLAYGROUND_FLAGS } from './flags.ts';
import { playgroundHelp } from './messages.ts';
import { foldLine } from './output/service-table.ts';
import { SimulatedRouters } from './routers/simulated-routers.ts';
import { type PlaygroundOutput, runPlayground } from './run-playground.ts';

export type PlaygroundContext = {
  readonly environment: EnvironmentVariables;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly version: string;
  /** Aborted by SIGINT, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal;
  /** The folder that holds `deploy/crds` and the playground's folders in `examples/`. */
  readonly shipped: URL;
  /** Opens a dashboard of the cluster of a kubeconfig, which shows its sentences by `tell`. The error is a sentence. */
  readonly openDashboard: (
    kubeconfig: string,
    tell: (sentence: string) => void,
  ) => Promise<Result<PlaygroundDashboard, string>>;
};

export type PlaygroundDashboard = { readonly url: string; close(): Promise<void> };

type PlaygroundFlags = Flags<typeof PLAYGROUND_FLAGS>;

/**
 * Runs the command and returns its exit code. 0: it was stopped, or with `--once` every Service that should have an
 * address has one. 1: with `--once` one has none, or the playground failed. 2: the flags are invalid.
 */
export async function playgroundMain(args: readonly string[], context: PlaygroundContext): Promise<number> {
  if (args.some((arg) => /^(-h|--?help)$/.test(arg))) {
    context.stdout.write(playgroundHelp(columnsOf(context.stdout, context.environment)));
    return EXIT_CODES.success;
  }
  const parsed = parsePlaygroundFlags(args, context.environment);
  const usageErrors = parsed.ok ? findUsageErrors(parsed.value) : parsed.error;
  if (!parsed.ok || usageErrors.length > 0) {
    for (const message of usageErrors) context.stderr.write(`berth playground: ${escapeControls(message)}\n`);
    context.stderr.write('berth playground --help lists the flags\n');
    return EXIT_CODES.usage;
  }
  return openPlayground(parsed.value.flags, context);
}

/** METALLB_NAMESPACE is about files of the user's own: the examples have the namespace that is the default. */
function parsePlaygroundFlags(
  args: readonly string[],
  environment: EnvironmentVariables,
): ReturnType<typeof parseFlags<typeof PLAYGROUND_FLAGS>> {
  const parsed = parseFlags(PLAYGROUND_FLAGS, args, environment);
  return parsed.ok && parsed.value.flags.file.length === 0 ? parseFlags(PLAYGROUND_FLAGS, args, {}) : parsed;
}

function findUsageErrors({
  flags,
  given,
  positionals,
}: ParsedFlags<typeof PLAYGROUND_FLAGS>): readonly string[] {
  const lacksFiles = given.has('pool-namespace') && flags.file.length === 0;
  return [
    ...positionals.map(
      (argument) => `${JSON.stringify(argument)} is not a flag; to apply a file, use -f ${argument}`,
    ),
    ...(lacksFiles ? ['--pool-namespace is for files of your own: add -f'] : []),
  ];
}

/** Starts the cluster and runs the playground. Closes ports and removes files also after a failure. */
async function openPlayground(flags: PlaygroundFlags, context: PlaygroundContext): Promise<number> {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  if (context.signal.aborted) abort();
  context.signal.addEventListener('abort', abort, { once: true });
  context.stdout.once('error', abort); // such as EPIPE: the reader of the pipe has closed it
  const output = createOutput(flags, context);
  const programs = flags.native ? 'the controller and the speakers' : 'the controller';
  output.info(`Starting a cluster: a Kubernetes API in memory, and ${programs} of Berth ${context.version}.`);
  const routers = flags.native
    ? await SimulatedRouters.open({ clock: systemClock, random: Math.random })
    : ok(null);
  if (!routers.ok) return reportFailure(output, routers.error);
  const cluster = await startPlaygroundCluster({
    port: flags.port,
    namespace: flags['pool-namespace'],
    version: context.version,
    log: createPlaygroundLog(flags, context),
  });
  if (!cluster.ok) {
    await routers.value?.close();
    return reportFailure(output, cluster.error);
  }
  let kubeconfig: KubeconfigFile | null = null;
  let dashboard: PlaygroundDashboard | null = null;
  /** Without it the playground is as good as with it. */
  const openDashboard = async (path: string): Promise<string | null> => {
    const opened = await context.openDashboard(path, (sentence) => output.printError(sentence));
    if (!opened.ok) output.printError(`There is no dashboard: ${opened.error}.`);
    dashboard = opened.ok ? opened.value : null;
    return dashboard?.url ?? null;
  };
  try {
    const written = await writeKubeconfig(cluster.value.url, flags.kubeconfig);
    if (!written.ok) return reportFailure(output, written.error);
    kubeconfig = written.value;
    const isSuccessful = await runPlayground({
      cluster: cluster.value,
      crdFolders: ['deploy/crds', 'examples/playground-kinds'].map((folder) =>
        fileURLToPath(new URL(folder, context.shipped)),
      ),
      paths: flags.file.length > 0 ? flags.file : null,
      examples: displayPath(new URL(`examples/playground${flags.native ? '-native' : ''}`, context.shipped)),
      namespaces: {
        namespace: flags.namespace || NAMESPACE_DEFAULTS.namespace,
        createNamespace: flags['create-namespace'],
      },
      once: flags.once,
      routers: routers.value,
      kubeconfig: kubeconfig.path,
      openDashboard,
      output,
      signal: stop.signal,
    });
    return isSuccessful || !flags.once ? EXIT_CODES.success : EXIT_CODES.failure;
  } catch (error) {
    return reportFailure(
      output,
      `internal error, please report it: ${(error as Error).stack ?? String(error)}`,
    );
  } finally {
    context.signal.removeEventListener('abort', abort);
    await (dashboard as PlaygroundDashboard | null)?.close();
    await routers.value?.close();
    await cluster.value.stop();
    await kubeconfig?.remove();
  }
}

function reportFailure(output: PlaygroundOutput, message: string): number {
  output.printError(`berth playground: ${message}`);
  return EXIT_CODES.failure;
}

function createOutput(
  { quiet }: PlaygroundFlags,
  { stdout, stderr, environment }: PlaygroundContext,
): PlaygroundOutput {
  const terminal = createTerminal(stdout, environment, streamSink(stdout));
  const errorTerminal = createTerminal(stderr, environment, streamSink(stderr));
  // Only a terminal needs folded lines: programs that read a pipe expect one line for each change.
  const fold = (line: string, indent: number): readonly string[] =>
    terminal.isInteractive ? foldLine(line, { columns: terminal.columns, indent }) : [line];
  return {
    info: (line) => {
      if (!quiet) terminal.print(fold(line, 0));
    },
    print: (line) => terminal.print([line]),
    printChange: (line) => terminal.print(fold(`${timeOfDay()}  ${line}`, TIME_INDENT)),
    printError: (text) => errorTerminal.print(text.split('\n')),
    columns: () => terminal.columns,
    paint: terminal.paint,
  };
}

/** The local time of day, as `14:03:59`. */
const timeOfDay = (): string => new Date(systemClock.wall()).toTimeString().slice(0, 8);
/** Indent of a continuation line, in columns: the width of the time of day and two blanks. */
const TIME_INDENT = 10;

function createPlaygroundLog({ log }: PlaygroundFlags, { stderr, environment }: PlaygroundContext): Log {
  if (!log) return silentLog;
  return createLog({
    level: 'info',
    sink: streamSink(stderr),
    clock: systemClock,
    ...logFormat(stderr, environment),
  });
}

/** The path relative to the working folder where that is shorter, else the absolute path. */
function displayPath(url: URL): string {
  const absolute = fileURLToPath(url);
  const fromHere = relative(cwd(), absolute);
  return fromHere.length < absolute.length ? fromHere : absolute;
}
