/** `berth playground`: a whole small cluster in one process, with the real controller inside, until told to stop. */
import { relative } from 'node:path';
import { cwd } from 'node:process';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Environment, type Flags, parseFlags } from '../base/flags.ts';
import { ok } from '../base/result.ts';
import { createLog, type Log, silentLog } from '../observe/log.ts';
import { logStyle, streamSink } from '../observe/sink.ts';
import { systemClock } from '../work/clock.ts';
import { startCluster } from './cluster.ts';
import { PLAYGROUND_FLAGS } from './flags.ts';
import { type KubeconfigFile, writeKubeconfig } from './kubeconfig.ts';
import { NativeRouters } from './nativerouters.ts';
import { runSession, type Voice } from './session.ts';
import { COLUMNS_MAX, foldLine, painted, unpainted } from './table.ts';
import { playgroundHelp } from './words.ts';

export const EXIT = { fine: 0, failed: 1, usage: 2 } as const;

export type PlaygroundContext = {
  readonly environment: Environment;
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly version: string;
  /** Aborted by the signals that end a program. */
  readonly signal: AbortSignal;
  /** The folder that holds `deploy/crds` and the playground's folders in `examples/`. */
  readonly shipped: URL;
};

type PlaygroundFlags = Flags<typeof PLAYGROUND_FLAGS>;

/** The exit code: 0 told to stop, or all is served; 1 it is not, or something failed; 2 wrong flags. */
export async function playgroundMain(args: readonly string[], context: PlaygroundContext): Promise<number> {
  if (args.some((arg) => /^(-h|--?help)$/.test(arg))) {
    context.stdout.write(playgroundHelp());
    return EXIT.fine;
  }
  const parsed = parseFlags(PLAYGROUND_FLAGS, args, context.environment);
  const complaints = parsed.ok
    ? parsed.value.rest.map((word) => `${JSON.stringify(word)} is not a flag; to apply a file say -f ${word}`)
    : parsed.error;
  if (!parsed.ok || complaints.length > 0) {
    for (const complaint of complaints) context.stderr.write(`berth playground: ${complaint}\n`);
    context.stderr.write('berth playground --help lists the flags\n');
    return EXIT.usage;
  }
  return open(parsed.value.flags, context);
}

/** Whatever happens on the way, ports are closed and files removed. */
async function open(flags: PlaygroundFlags, context: PlaygroundContext): Promise<number> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  if (context.signal.aborted) end();
  context.signal.addEventListener('abort', end, { once: true });
  context.stdout.once('error', end); // nobody reads on
  const voice = voiceOf(flags, context);
  const programs = flags.native ? 'the controller and the speakers' : 'the controller';
  voice.aside(`Starting a cluster: a Kubernetes API in memory, and ${programs} of Berth ${context.version}.`);
  const native = flags.native
    ? await NativeRouters.open({ clock: systemClock, random: Math.random })
    : ok(null);
  if (!native.ok) return failed(voice, native.error);
  const cluster = await startCluster({
    port: flags.port,
    version: context.version,
    log: logOf(flags, context),
  });
  if (!cluster.ok) {
    await native.value?.close();
    return failed(voice, cluster.error);
  }
  let kubeconfig: KubeconfigFile | null = null;
  try {
    const written = await writeKubeconfig(cluster.value.url, flags.kubeconfig);
    if (!written.ok) return failed(voice, written.error);
    kubeconfig = written.value;
    const well = await runSession({
      cluster: cluster.value,
      kinds: ['deploy/crds', 'examples/playground-kinds'].map((folder) =>
        fileURLToPath(new URL(folder, context.shipped)),
      ),
      paths: flags.file.length > 0 ? flags.file : null,
      examples: pathOf(new URL(`examples/playground${flags.native ? '-native' : ''}`, context.shipped)),
      once: flags.once,
      native: native.value,
      kubeconfig: kubeconfig.path,
      voice,
      signal: stop.signal,
    });
    return well || !flags.once ? EXIT.fine : EXIT.failed;
  } catch (error) {
    return failed(voice, `a fault of ours, please report it: ${(error as Error).stack ?? String(error)}`);
  } finally {
    context.signal.removeEventListener('abort', end);
    await native.value?.close();
    await cluster.value.stop();
    await kubeconfig?.remove();
  }
}

function failed(voice: Voice, says: string): number {
  voice.complain(`berth playground: ${says}`);
  return EXIT.failed;
}

function voiceOf({ quiet }: PlaygroundFlags, { stdout, stderr, environment }: PlaygroundContext): Voice {
  const write = streamSink(stdout);
  const complain = streamSink(stderr);
  const { colour } = logStyle(stdout, environment);
  // A pipe gets whole lines; on a terminal a long one is folded where words end.
  const fold = (line: string, indent: number): readonly string[] =>
    stdout.isTTY === true ? foldLine(line, { columns: stdout.columns ?? COLUMNS_MAX, indent }) : [line];
  return {
    aside: (line) => {
      if (!quiet) for (const part of fold(line, 0)) write(`${part}\n`);
    },
    show: (line) => write(`${line}\n`),
    tell: (line) => {
      const text = `${timeOfDay()}  ${line}`;
      for (const part of fold(text, INDENT)) write(`${part}\n`);
    },
    complain: (line) => complain(`${line}\n`),
    columns: () => stdout.columns ?? COLUMNS_MAX,
    paint: colour ? painted : unpainted,
  };
}

/** `14:03:59`, by the clock on the wall of whoever looks. */
const timeOfDay = (): string => new Date(systemClock.wall()).toTimeString().slice(0, 8);
/** Behind the time of day. */
const INDENT = 10;

function logOf({ log }: PlaygroundFlags, { stderr, environment }: PlaygroundContext): Log {
  if (!log) return silentLog;
  return createLog({
    level: 'info',
    sink: streamSink(stderr),
    clock: systemClock,
    ...logStyle(stderr, environment),
  });
}

/** As somebody would type it, where that is shorter. */
function pathOf(url: URL): string {
  const whole = fileURLToPath(url);
  const fromHere = relative(cwd(), whole);
  return fromHere.length < whole.length ? fromHere : whole;
}
