/** The roof: picks the command and imports it only then, so that none pays for another. */
import { homedir } from 'node:os';
import { basename } from 'node:path';
import type { CliContext } from './cli/context.ts';
import { isVerb, programHelp, unknownVerb, type Verb } from './cli/verbs.ts';
import { systemClock } from './work/clock.ts';

/** Put in by the build. */
declare const BERTH_VERSION: string | undefined;

const VERSION = typeof BERTH_VERSION === 'string' ? BERTH_VERSION : 'unbuilt';

/** Holds `deploy/crds` and `examples/playground`: the build puts them beside the bundle. */
const SHIPPED = new URL(VERSION === 'unbuilt' ? '../' : './', import.meta.url);

const FINE = 0;
const USAGE_ERROR = 2;

/** kubectl finds its plugins by name: then people call it by two words. */
const PROGRAM = basename(process.argv[1] ?? '').startsWith('kubectl-') ? 'kubectl berth' : 'berth';

type Run = (args: readonly string[]) => Promise<number>;

const verbs: Readonly<Record<Verb, Run>> = {
  explain: async (args) => (await import('./cli/explain/main.ts')).explainMain(args, context()),
  doctor: async (args) => (await import('./cli/doctor/main.ts')).doctorMain(args, context()),
  plan: async (args) => (await import('./cli/plan/main.ts')).planMain(args, context()),
  migrate: async (args) => (await import('./cli/migrate/main.ts')).migrateMain(args, context()),
  convert: async (args) => (await import('./cli/convert/main.ts')).convertMain(args, context()),
  crds: async (args) => (await import('./cli/crds/main.ts')).crdsMain(args, context()),
  calico: async (args) => (await import('./cli/calico/main.ts')).calicoMain(args, context()),
  bgp: async (args) => (await import('./cli/bgp/main.ts')).bgpMain(args, context(), stopSignal),
  completion: async (args) => (await import('./cli/completion/main.ts')).completionMain(args, context()),
  version: async (args) => (await import('./cli/version/main.ts')).versionMain(args, context()),
  playground: async (args) => {
    const { playgroundMain } = await import('./playground/main.ts');
    return playgroundMain(args, { ...surroundings(), shipped: SHIPPED });
  },
  controller: async (args) => (await import('./controller/main.ts')).controllerMain(args, service()),
  speaker: async (args) => (await import('./speaker/main.ts')).speakerMain(args, service()),
};

/** For the program's own use, and for shells. */
const hidden: Readonly<Record<string, Run>> = {
  'make-certificate': async (names) => {
    const { selfSigned } = await import('./http/selfsigned.ts');
    process.stdout.write(JSON.stringify(await selfSigned(names, Date.now())));
    return FINE;
  },
  'calico-model': async () => (await import('./controller/main/modelthread.ts')).serveModel(),
  __complete: async (words) => {
    const { answerCompletion } = await import('./cli/completion/main.ts');
    process.stdout.write(answerCompletion(words));
    return FINE;
  },
};

const context = (): CliContext => ({
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
function surroundings() {
  const { env, stdout, stderr } = process;
  return { environment: env, stdout, stderr, version: VERSION, signal: stopSignal() };
}

function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

/** For the two programs that run in a cluster. */
const service = () => ({
  ...surroundings(),
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
    return FINE;
  }
  if (name === '--version') return verbs.version(rest);
  if (isVerb(name)) return verbs[name](rest);
  const run = Object.hasOwn(hidden, name) ? hidden[name] : undefined;
  if (run !== undefined) return run(rest);
  process.stderr.write(`${unknownVerb(PROGRAM, name)}\n`);
  return USAGE_ERROR;
}

// Whoever reads our output may have seen enough of it (`berth plan | head`): that is no fault of anybody's.
process.stdout.on('error', () => {});

process.exitCode = await main(process.argv.slice(2));
