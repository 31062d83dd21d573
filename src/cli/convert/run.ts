/** `berth convert`: the old ConfigMap as objects. */

import { EXIT_CODES } from '../../base/exit-codes.ts';
import { fieldsOf, type Raw, textOf } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { formatIssue } from '../../config/issue.ts';
import { extractLegacyText, parseLegacyConfig } from '../../config/legacy/legacy-config.ts';
import { convertLegacyConfig, findRenamedPools } from '../../config/legacy/metallb-objects.ts';
import { metadataOf } from '../../objects/metadata.ts';
import { parseManifestText } from '../files/parse-manifests.ts';
import { readText } from '../files/read-files.ts';
import { failCommand, failUsage, readCommandLine } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { formatOutput } from '../framework/output.ts';
import { CONVERT_COMMAND } from './command.ts';

export async function runConvert(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(CONVERT_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { file: path, output, 'pool-namespace': namespace } = line.flags;
  if (path === '' || line.positionals.length > 0)
    return failUsage(CONVERT_COMMAND, context, ['name one file with -f, or -f - for standard input']);
  const file = await readText(path, context.stdin);
  if (!file.ok) return failCommand(CONVERT_COMMAND, context, [file.error]);
  const legacy = findLegacyText(file.value.text, file.value.file);
  if (!legacy.ok) return failCommand(CONVERT_COMMAND, context, legacy.error);
  const config = await parseLegacyConfig(legacy.value.text);
  if (!config.ok) {
    const complaints = config.error.map((issue) => `${file.value.file}: ${formatIssue(issue)}`);
    return failCommand(CONVERT_COMMAND, context, complaints);
  }
  for (const [old, name] of findRenamedPools(config.value)) {
    context.stderr.write(
      `${context.program} convert: the pool ${JSON.stringify(old)} becomes ${name}: Services that ask for it by its old name have to be changed\n`,
    );
  }
  const objects = convertLegacyConfig(config.value, namespace || legacy.value.namespace || undefined);
  if (output === 'json')
    context.stdout.write(formatOutput({ apiVersion: 'v1', kind: 'List', items: objects }, 'json'));
  else context.stdout.write(objects.map((object) => formatOutput(object, 'yaml')).join('---\n'));
  return EXIT_CODES.success;
}

type LegacyText = { readonly text: string; readonly namespace: string };

/** The text of the ConfigMap in it, if it is one; else all of it. */
function findLegacyText(text: string, file: string): Result<LegacyText, readonly string[]> {
  // The old text has neither kind nor version: what does is an object, or an attempt at one.
  if (!/(^|[{,\s])"?(apiVersion|kind)"?\s*:/.test(text)) return ok({ text, namespace: '' });
  const manifests = parseManifestText(text, file);
  if (!manifests.ok) return manifests;
  const configMaps = manifests.value.filter(({ raw }) => raw['kind'] === 'ConfigMap');
  const [only] = configMaps.length === 1 ? configMaps : configMaps.filter(({ raw }) => holdsConfig(raw));
  if (only === undefined) return err([`${file}: holds no ConfigMap with a key "config"`]);
  const legacy = extractLegacyText(only.raw);
  if (!legacy.ok) return err(legacy.error.map((issue) => `${only.origin}: ${formatIssue(issue)}`));
  return ok({ text: legacy.value, namespace: textOf(metadataOf(only.raw)['namespace']) });
}

const holdsConfig = (raw: Raw): boolean => Object.hasOwn(fieldsOf(raw['data']), 'config');
