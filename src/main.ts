/** Entry point: selects the command, and imports its code only then. */

import { homedir } from 'node:os';
import { basename, resolve } from 'node:path';
import { EXIT_CODES } from './base/exit-codes.ts';
import { escapeControls } from './base/printable.ts';
import { shellQuote } from './base/shell-quote.ts';
import {
  type CommandName,
  isCommandName,
  programHelp,
  unknownCommandText,
} from './cli/framework/command-names.ts';
import type { CliContext, RunCommand } from './cli/framework/context.ts';
import { systemClock } from './workqueue/system-clock.ts';

/** Defined by the build. */
declare const BERTH_VERSION: string | undefined;

const VERSION = typeof BERTH_VERSION === 'string' ? BERTH_VERSION : 'unbuilt';

/** The folder with `deploy/crds` and `examples/playground`: the build puts them beside the bundle. */
const PACKAGE_ROOT = new URL(VERSION === 'unbuilt' ? '../' : './', import.meta.url);

/** The pages of the dashboard, as the build made them. */
const WEB_FILES = new URL(VERSION === 'unbuilt' ? '../dist/web/' : './web/', import.meta.url);

/** As a plugin of kubectl the program is called `kubectl berth`. */
const PROGRAM = basename(process.argv[1] ?? '').startsWith('kubectl-') ? 'kubectl berth' : 'berth';

/** The same for a shell in any folder: a program of a clone is no command of the shell. */
const INVOCATION = /\.(mjs|ts)$/.test(process.argv[1] ?? '')
  ? `node ${shellQuote(resolve(process.argv[1] ?? ''))}`
  : PROGRAM;

/** Any long time, in milliseconds. */
const KEEP_ALIVE_INTERVAL = 2 ** 30;

type RunMain = (args: readonly string[]) => Promise<number>;

const cli =
  (load: () => Promise<RunCommand>): RunMain =>
  async (args) => {
    // The clock's timers do not keep the process alive: while a command only waits, nothing else would.
    const keepAlive = setInterval(() => {}, KEEP_ALIVE_INTERVAL);
    try {
      return await (await load())(args, await cliContext());
    } finally {
      clearInterval(keepAlive);
    }
  };

const commands: Readonly<Record<CommandName, RunMain>> = {
  status: cli(async () => {
    const { runStatus } = await import('./cli/status/run.ts');
    return (args, context) => runStatus(args, context, stopSignal);
  }),
  dashboard: cli(async () => {
    const { runDashboard } = await import('./cli/dashboard/run.ts');
    return (args, context) =>
      runDashboard(args, context, {
        ...{ files: WEB_FILES, invocation: INVOCATION, stopSignal },
      });
  }),
  explain: cli(async () => (await import('./cli/explain/run.ts')).runExplain),
  doctor: cli(async () => (await import('./cli/doctor/run.ts')).runDoctor),
  report: cli(async () => (await import('./cli/report/run.ts')).runReport),
  plan: cli(async () => (await import('./cli/plan/run.ts')).runPlan),
  migrate: cli(async () => (await import('./cli/migrate/run.ts')).runMigrate),
  convert: cli(async () => (await import('./cli/convert/run.ts')).runConvert),
  crds: cli(async () => (await import('./cli/crds/run.ts')).runCrds),
  calico: cli(async () => (await import('./cli/calico/run.ts')).runCalico),
  bgp: cli(async () => {
    const { runBgp } = await import('./cli/bgp/run.ts');
    return (args, context) => runBgp(args, context, stopSignal);
  }),
  l2: cli(async () => (await import('./cli/l2/run.ts')).runL2),
  completion: cli(async () => (await import('./cli/completion/run.ts')).runCompletion),
  version: cli(async () => (await import('./cli/version/run.ts')).runVersion),
  playground: async (args) => {
    const { playgroundMain } = await import('./playground/main.ts');
    const openDashboard = async (kubeconfig: string, tell: (sentence: string) => void) =>
      (await import('./cli/dashboard/beside-playground.ts')).openPlaygroundDashboard({
        ...{ kubeconfig, files: WEB_FILES, version: VERSION, invocation: INVOCATION, tell },
      });
    return playgroundMain(args, { ...processContext(), shipped: PACKAGE_ROOT, openDashboard });
  },
  controller: async (args) => (await import('./controller/main.ts')).controllerMain(args, serverContext()),
  speaker: async (args) => (await import('./speaker/main.ts')).speakerMain(args, serverContext()),
};

/** Called by the program itself and by completion scripts. */
const hiddenCommands: Readonly<Record<string, RunMain>> = {
  'make-certificate': async (names) => {
    const { generateSelfSigned } = await import('./http-server/self-signed.ts');
    process.stdout.write(JSON.stringify(await generateSelfSigned(names, Date.now())));
    return EXIT_CODES.success;
  },
  'calico-model': async () =>
    (await import('./controller/main/announced/calico/model-thread.ts')).serveModel(),
  bfd: async () => (await import('./bfd/transport/serve-bfd.ts')).serveBfd(),
  'layer2-wire': async () => (await import('./layer2/transport/wire-thread.ts')).serveWire(),
  __complete: async (words) => {
    const { formatCompletion } = await import('./cli/completion/run.ts');
    const { COMMANDS } = await import('./cli/command-table.ts');
    process.stdout.write(formatCompletion(words, COMMANDS));
    return EXIT_CODES.success;
  },
};

async function cliContext(): Promise<CliContext> {
  const { createTerminal } = await import('./observe/terminal.ts');
  const { env, stdin, stdout, stderr } = process;
  return {
    program: PROGRAM,
    version: VERSION,
    environment: env,
    home: homedir(),
    stdin,
    stdout: createTerminal(stdout, env),
    stderr: createTerminal(stderr, env),
    clock: systemClock,
  };
}

/** For programs that run until a signal stops them. */
function processContext() {
  const { env, stdout, stderr } = process;
  return { environment: env, stdout, stderr, version: VERSION, signal: stopSignal() };
}

function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

/** For the programs that run in a cluster. */
const serverContext = () => ({
  ...processContext(),
  certificateCommand: certificateCommand(),
  script: VERSION === 'unbuilt' ? null : (process.argv[1] ?? null),
});

/** The command that makes a certificate: this program in a process of its own, so that the library uses no memory here. */
function certificateCommand(): [string, ...string[]] | null {
  const script = process.argv[1];
  if (VERSION === 'unbuilt' || script === undefined) return null;
  return [process.execPath, script, 'make-certificate', 'berth', 'localhost'];
}

async function main(args: readonly string[]): Promise<number> {
  const [name = '--help', ...rest] = args;
  if (name === 'help' && rest[0] !== undefined) return main([rest[0], '--help']);
  if (name === '--help' || name === '-h' || name === 'help') {
    const { columnsOf } = await import('./observe/terminal.ts');
    process.stdout.write(programHelp(PROGRAM, columnsOf(process.stdout, process.env)));
    return EXIT_CODES.success;
  }
  if (name === '--version') return commands.version(rest);
  if (isCommandName(name)) return commands[name](rest);
  const runHidden = Object.hasOwn(hiddenCommands, name) ? hiddenCommands[name] : undefined;
  if (runHidden !== undefined) return runHidden(rest);
  process.stderr.write(`${escapeControls(unknownCommandText(PROGRAM, name))}\n`);
  return EXIT_CODES.usage;
}

// A reader that closes the pipe early (`berth plan | head`) is no error.
process.stdout.on('error', () => {});

process.exitCode = await main(process.argv.slice(2));
