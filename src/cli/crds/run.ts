/** `berth crds`: the CustomResourceDefinitions of metallb.io and berth.dev, which the build puts into the program. */
import { readdirSync, readFileSync } from 'node:fs';
import { EXIT_CODES } from '../../base/exit-codes.ts';
import { didYouMean } from '../../base/text.ts';
import { failCommand, failUsage, readCommandLine } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { CRDS_COMMAND } from './command.ts';

/** Defined by the build: the YAML of each, by plural. */
declare const BERTH_CRDS: Readonly<Record<string, string>> | undefined;

export async function runCrds(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(CRDS_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const crds = typeof BERTH_CRDS === 'object' ? BERTH_CRDS : readCrdsFromSources();
  const plurals = Object.keys(crds);
  if (plurals.length === 0)
    return failCommand(CRDS_COMMAND, context, ['this build has no CRDs: build it with "npm run build"']);
  const wanted: string[] = [];
  for (const name of line.positionals) {
    const plural = pluralOf(name, plurals);
    if (plural === null) {
      const hint = didYouMean(name.toLowerCase(), plurals) ?? `there are ${plurals.join(', ')}`;
      return failUsage(CRDS_COMMAND, context, [`there is no CRD ${JSON.stringify(name)}: ${hint}`]);
    }
    wanted.push(plural);
  }
  const printed = wanted.length === 0 ? plurals : wanted;
  context.stdout.print(
    printed.flatMap((plural, index) => [
      ...(index === 0 ? [] : ['---']),
      ...(crds[plural]?.trimEnd().split('\n') ?? []),
    ]),
  );
  return EXIT_CODES.success;
}

function pluralOf(name: string, plurals: readonly string[]): string | null {
  const baseName = name.toLowerCase().replace(/\.(metallb\.io|berth\.dev)$/, '');
  const found = plurals.find((plural) =>
    [baseName, `${baseName}s`, baseName.replace(/y$/, 'ies'), `${baseName}es`].includes(plural),
  );
  return found ?? null;
}

/** If the program runs from its sources, without a build. */
function readCrdsFromSources(): Readonly<Record<string, string>> {
  const folder = new URL('../../../deploy/crds/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
  return Object.fromEntries(
    files.sort().map((name) => [name.replace('.yaml', ''), readFileSync(new URL(name, folder), 'utf8')]),
  );
}
