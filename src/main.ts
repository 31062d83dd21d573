/** The roof: picks the command and imports it only then, so that none pays for another. */
import { closest } from './base/text.ts';

/** Put in by the build. */
declare const BERTH_VERSION: string | undefined;

const VERSION = typeof BERTH_VERSION === 'string' ? BERTH_VERSION : 'unbuilt';

/** Holds `deploy/crds` and `examples/playground`: the build puts them beside the bundle. */
const SHIPPED = new URL(VERSION === 'unbuilt' ? '../' : './', import.meta.url);

const USAGE_ERROR = 2;

type Verb = {
  readonly says: string;
  readonly run: (args: readonly string[]) => Promise<number>;
  /** For the program's own use. */
  readonly hidden?: true;
};

const verbs: Readonly<Record<string, Verb>> = {
  controller: {
    says: 'assign addresses to Services of type LoadBalancer',
    run: async (args) => {
      const { controllerMain } = await import('./controller/main.ts');
      const stop = new AbortController();
      process.once('SIGTERM', () => stop.abort());
      process.once('SIGINT', () => stop.abort());
      return controllerMain(args, {
        environment: process.env,
        stdout: process.stdout,
        stderr: process.stderr,
        version: VERSION,
        signal: stop.signal,
        certificateCommand: certificateCommand(),
      });
    },
  },
  playground: {
    says: 'a whole small cluster in one process, to try things in',
    run: async (args) => {
      const { playgroundMain } = await import('./playground/main.ts');
      const stop = new AbortController();
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
      return playgroundMain(args, {
        environment: process.env,
        stdout: process.stdout,
        stderr: process.stderr,
        version: VERSION,
        signal: stop.signal,
        shipped: SHIPPED,
      });
    },
  },
  version: {
    says: 'print the version',
    run: async () => {
      process.stdout.write(`${VERSION}\n`);
      return 0;
    },
  },
  'make-certificate': {
    says: 'print a self-signed certificate for the metrics port',
    hidden: true,
    run: async (names) => {
      const { selfSigned } = await import('./http/selfsigned.ts');
      process.stdout.write(JSON.stringify(await selfSigned(names, Date.now())));
      return 0;
    },
  },
};

/** This very program, where it was built: the certificate's library stays out of the controller's memory. */
function certificateCommand(): [string, ...string[]] | null {
  const script = process.argv[1];
  if (VERSION === 'unbuilt' || script === undefined) return null;
  return [process.execPath, script, 'make-certificate', 'berth-controller', 'localhost'];
}

const help = (): string => {
  const shown = Object.entries(verbs).filter(([, { hidden }]) => hidden !== true);
  const width = Math.max(...shown.map(([name]) => name.length));
  const lines = shown.map(([name, verb]) => `  ${name.padEnd(width)}  ${verb.says}`);
  return `Berth gives Kubernetes Services of type LoadBalancer their addresses.\n\nUsage: berth COMMAND\n\n${lines.join('\n')}\n`;
};

async function main(args: readonly string[]): Promise<number> {
  const [name = '--help', ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help());
    return 0;
  }
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb !== undefined) return verb.run(rest);
  const near = closest(name, Object.keys(verbs));
  const hint = near === null ? 'berth --help lists the commands' : `did you mean ${near}?`;
  process.stderr.write(`berth: unknown command ${JSON.stringify(name)}: ${hint}\n`);
  return USAGE_ERROR;
}

process.exitCode = await main(process.argv.slice(2));
