/** `berth crds`: the CustomResourceDefinitions of metallb.io and berth.dev. */
import { EXIT_CODES } from '../../base/exit-codes.ts';
import { didYouMean } from '../../base/text.ts';
import { failCommand, failUsage, readCommandLine } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { CRDS_COMMAND } from './command.ts';
import { crdTexts } from './crd-texts.ts';

export async function runCrds(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(CRDS_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const crds = crdTexts();
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
