import { closest } from './base/text.ts';

/** The roof: picks the command and imports it only then, so that none pays for another. */

/** Put in by the build. */
declare const BERTH_VERSION: string | undefined;

const USAGE_ERROR = 2;

type Verb = { readonly says: string; readonly run: (args: readonly string[]) => Promise<number> };

const verbs: Readonly<Record<string, Verb>> = {
  version: {
    says: 'print the version',
    run: async () => {
      process.stdout.write(`${typeof BERTH_VERSION === 'string' ? BERTH_VERSION : 'unbuilt'}\n`);
      return 0;
    },
  },
};

const help = (): string => {
  const width = Math.max(...Object.keys(verbs).map((name) => name.length));
  const lines = Object.entries(verbs).map(([name, verb]) => `  ${name.padEnd(width)}  ${verb.says}`);
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
