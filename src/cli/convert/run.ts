/** `berth convert`: MetalLB's old ConfigMap as custom resources. */
import { EXIT_CODES } from '../../base/exit-codes.ts';
import { formatIssue } from '../../config/issue.ts';
import { readLegacyConfig } from '../../config/legacy/legacy-config.ts';
import { convertLegacyConfig, findRenamedPools } from '../../config/legacy/metallb-objects.ts';
import { formatManifestProblem } from '../../manifests/parse-manifests.ts';
import { readText } from '../../manifests/read-files.ts';
import { failCommand, failUsage, readCommandLine } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { formatJson, formatYaml } from '../framework/output.ts';
import { CONVERT_COMMAND } from './command.ts';
import { findLegacySource } from './source.ts';
import { findUnfilledVariables } from './unfilled.ts';

export async function runConvert(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(CONVERT_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { file: path, output, 'pool-namespace': namespace } = line.flags;
  if (path === '' || line.positionals.length > 0)
    return failUsage(CONVERT_COMMAND, context, ['name one file: -f FILE, or -f - for standard input']);
  const file = await readText(path, context.stdin);
  if (!file.ok) return failCommand(CONVERT_COMMAND, context, [formatManifestProblem(file.error)]);
  const legacy = await findLegacySource(file.value.text, file.value.file);
  if (!legacy.ok) return failCommand(CONVERT_COMMAND, context, legacy.error);
  const { path: place } = legacy.value;
  const config = readLegacyConfig(legacy.value.value);
  const unfilled = findUnfilledVariables(legacy.value.value);
  if (!config.ok || unfilled.length > 0) {
    const where = place === '' ? file.value.file : `${file.value.file}: ${place}`;
    const isTold = new Set(unfilled.map(({ path: field }) => field));
    const others = config.ok ? [] : config.error.filter((issue) => !isTold.has(issue.path));
    const errors = [...unfilled, ...others].map((issue) => `${where}: ${formatIssue(issue)}`);
    return failCommand(CONVERT_COMMAND, context, errors);
  }
  const objects = convertLegacyConfig(config.value, namespace || legacy.value.namespace || undefined);
  if (objects.length === 0)
    return failCommand(CONVERT_COMMAND, context, [
      `${file.value.file}: has no pool, peer, community or BFD profile: there is nothing to convert`,
    ]);
  const warnings = [
    ...[...findRenamedPools(config.value)].map(
      ([old, name]) =>
        `the pool ${JSON.stringify(old)} is renamed to ${name}: change Services that request it by its old name`,
    ),
    ...legacy.value.untouched.map((object) => `${object} needs no conversion, and is not in the output`),
  ];
  context.stderr.print(warnings.map((sentence) => `${context.program} convert: ${sentence}`));
  context.stdout.print(
    output === 'json'
      ? formatJson({ apiVersion: 'v1', kind: 'List', items: objects })
      : objects.flatMap((object, index) => [...(index === 0 ? [] : ['---']), ...formatYaml(object)]),
  );
  return EXIT_CODES.success;
}
