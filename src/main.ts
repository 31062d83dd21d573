/** The roof: picks the command and imports it only then, so that none pays for another. */

import { homedir } from 'node:os';
import { basename } from 'node:path';
import { EXIT_CODES } from './base/exit-codes.ts';
import {
  type CommandName,
  isCommandName,
  programHelp,
  unknownCommandText,
} from './cli/framework/command-names.ts';
import type { CliContext } from './cli/framework/context.ts';
import { systemClock } from './workqueue/system-clock.ts';

/** Put in by the build. */
declare const BERTH_VERSION: string | undefined;

const VERSION = typeof BERTH_VERSION === 'string' ? BERTH_VERSION : 'unbuilt';

/** Holds `deploy/crds` and `examples/playground`: the build puts them beside the bundle. */
const PACKAGE_ROOT = new URL(VERSION === 'unbuilt' ? '../' : './', import.meta.url);

/** kubectl finds its plugins by name: then people call it by two words. */
const PROGRAM = basename(process.argv[1] ?? '').startsWith('kubectl-') ? 'kubectl berth' : 'berth';

type RunCommand = (args: readonly string[]) => Promise<number>;

const commands: Readonly<Record<CommandName, RunCommand>> = {
  explain: async (args) => (await import('./cli/explain/run.ts')).runExplain(args, cliContext()),
  doctor: async (args) => (await import('./cli/doctor/run.ts')).runDoctor(args, cliContext()),
  plan: async (args) => (await import('./cli/plan/run.ts')).runPlan(args, cliContext()),
  migrate: async (args) => (await import('./cli/migrate/run.ts')).runMigrate(args, cliContext()),
  convert: async (args) => (await import('./cli/convert/run.ts')).runConvert(args, cliContext()),
  crds: async (args) => (await import('./cli/crds/run.ts')).runCrds(args, cliContext()),
  calico: async (args) => (await import('./cli/calico/run.ts')).runCalico(args, cliContext()),
  bgp: async (args) => (await import('./cli/bgp/run.ts')).runBgp(args, cliContext(), stopSignal),
  completion: async (args) => (await import('./cli/completion/run.ts')).runCompletion(args, cliContext()),
  version: async (args) => (await import('./cli/version/run.ts')).runVersion(args, cliContext()),
  playground: async (args) => {
    const { playgroundMain } = await import('./playground/main.ts');
    return playgroundMain(args, { ...processContext(), shipped: PACKAGE_ROOT });
  },
  controller: async (args) => (await import('./controller/main.ts')).controllerMain(args, serverContext()),
  speaker: async (args) => (await import('./speaker/main.ts')).speakerMain(args, serverContext()),
};

/** For the program's own use, and for shells. */
const hiddenCommands: Readonly<Record<string, RunCommand>> = {
  'make-certificate': async (names) => {
    const { generateSelfSigned: selfSigned } = await import('./http-server/self-signed.ts');
    process.stdout.write(JSON.stringify(await selfSigned(names, Date.now())));
    return EXIT_CODES.success;
  },
  'calico-model': async () =>
    (await import('./controller/main/announced/calico/model-thread.ts')).serveModel(),
  __complete: async (words) => {
    const { formatCompletion: answerCompletion } = await import('./cli/completion/run.ts');
    process.stdout.write(answerCompletion(words));
    return EXIT_CODES.success;
  },
};

const cliContext = (): CliContext => ({
  program: PROGRAM,
  version: VERSION,
  environment: process.env,
  home: homedir(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: systemClock,
});

/** For what runs until it is told to stop. */
function processContext() {
  const { env, stdout, stderr } = process;
  return { environment: env, stdout, stderr, version: VERSION, signal: stopSignal() };
}

function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

/** For the two programs that run in a cluster. */
const serverContext = () => ({
  ...processContext(),
  certificateCommand: certificateCommand(),
  script: VERSION === 'unbuilt' ? null : (process.argv[1] ?? null),
});

/** This very program, where it was built: the certificate's library stays out of the controller's memory. */
function certificateCommand(): [string, ...string[]] | null {
  const script = process.argv[1];
  if (VERSION === 'unbuilt' || script === undefined) return null;
  return [process.execPath, script, 'make-certificate', 'berth', 'localhost'];
}

async function main(args: readonly string[]): Promise<number> {
  const [name = '--help', ...rest] = args;
  if (name === 'help' && rest[0] !== undefined) return main([rest[0], '--help']);
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(programHelp(PROGRAM));
    return EXIT_CODES.success;
  }
  if (name === '--version') return commands.version(rest);
  if (isCommandName(name)) return commands[name](rest);
  const runHidden = Object.hasOwn(hiddenCommands, name) ? hiddenCommands[name] : undefined;
  if (runHidden !== undefined) return runHidden(rest);
  process.stderr.write(`${unknownCommandText(PROGRAM, name)}\n`);
  return EXIT_CODES.usage;
}

// Whoever reads our output may have seen enough of it (`berth plan | head`): that is no fault of anybody's.
process.stdout.on('error', () => {});

process.exitCode = await main(process.argv.slice(2));
