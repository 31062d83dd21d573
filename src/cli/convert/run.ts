/** `berth convert`: MetalLB's old ConfigMap as custom resources. */
import { EXIT_CODES } from '../../base/exit-codes.ts';
import { fieldsOf, type Raw, textOf } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { formatIssue } from '../../config/issue.ts';
import { extractLegacyText, parseLegacyConfig } from '../../config/legacy/legacy-config.ts';
import { convertLegacyConfig, findRenamedPools } from '../../config/legacy/metallb-objects.ts';
import { formatManifestProblem, parseManifests } from '../../manifests/parse-manifests.ts';
import { readText } from '../../manifests/read-files.ts';
import { metadataOf } from '../../objects/metadata.ts';
import { failCommand, failUsage, readCommandLine } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { formatJson, formatYaml } from '../framework/output.ts';
import { CONVERT_COMMAND } from './command.ts';

export async function runConvert(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(CONVERT_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { file: path, output, 'pool-namespace': namespace } = line.flags;
  if (path === '' || line.positionals.length > 0)
    return failUsage(CONVERT_COMMAND, context, ['name one file: -f FILE, or -f - for standard input']);
  const file = await readText(path, context.stdin);
  if (!file.ok) return failCommand(CONVERT_COMMAND, context, [formatManifestProblem(file.error)]);
  const legacy = await findLegacyText(file.value.text, file.value.file);
  if (!legacy.ok) return failCommand(CONVERT_COMMAND, context, legacy.error);
  const config = await parseLegacyConfig(legacy.value.text);
  if (!config.ok) {
    const errors = config.error.map((issue) => `${file.value.file}: ${formatIssue(issue)}`);
    return failCommand(CONVERT_COMMAND, context, errors);
  }
  const warnings = [...findRenamedPools(config.value)].map(
    ([old, name]) =>
      `${context.program} convert: the pool ${JSON.stringify(old)} is renamed to ${name}: change Services that request it by its old name`,
  );
  context.stderr.print(warnings);
  const objects = convertLegacyConfig(config.value, namespace || legacy.value.namespace || undefined);
  context.stdout.print(
    output === 'json'
      ? formatJson({ apiVersion: 'v1', kind: 'List', items: objects })
      : objects.flatMap((object, index) => [...(index === 0 ? [] : ['---']), ...formatYaml(object)]),
  );
  return EXIT_CODES.success;
}

type LegacyText = { readonly text: string; readonly namespace: string };

/** The text in the ConfigMap if `text` is one or a list with one, else `text` itself. */
async function findLegacyText(text: string, file: string): Promise<Result<LegacyText, readonly string[]>> {
  // The old format has neither kind nor apiVersion: a text with one of them is an object, or meant to be one.
  if (!/(^|[{,\s])"?(apiVersion|kind)"?\s*:/.test(text)) return ok({ text, namespace: '' });
  const { manifests, problems } = await parseManifests(text, file);
  if (problems.length > 0) return err(problems.map(formatManifestProblem));
  const configMaps = manifests.filter(({ object }) => object['kind'] === 'ConfigMap');
  const [only] =
    configMaps.length === 1 ? configMaps : configMaps.filter(({ object }) => holdsConfig(object));
  if (only === undefined) return err([`${file}: holds no ConfigMap with a key "config"`]);
  const legacy = extractLegacyText(only.object);
  if (!legacy.ok) return err(legacy.error.map((issue) => `${only.location}: ${formatIssue(issue)}`));
  return ok({ text: legacy.value, namespace: textOf(metadataOf(only.object)['namespace']) });
}

const holdsConfig = (raw: Raw): boolean => Object.hasOwn(fieldsOf(raw['data']), 'config');
