/** `berth convert`: the old ConfigMap as objects. */

import { err, ok, type Result } from '../../base/result.ts';
import { fieldsOf, metadataOf, type Raw, textOf } from '../../cluster/fields.ts';
import { formatIssue } from '../../config/issue.ts';
import { legacyText, parseLegacy } from '../../config/legacy.ts';
import { legacyObjects, renamedPools } from '../../config/legacy-objects.ts';
import { failed, misused, readCommandLine } from '../command.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { parseManifests } from '../files/manifest.ts';
import { readText } from '../files/read.ts';
import { formatValue } from '../output.ts';
import { CONVERT_COMMAND } from './command.ts';

export async function convertMain(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(CONVERT_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { file: path, output, 'pool-namespace': namespace } = line.flags;
  if (path === '' || line.rest.length > 0)
    return misused(CONVERT_COMMAND, context, ['name one file with -f, or -f - for standard input']);
  const file = await readText(path, context.stdin);
  if (!file.ok) return failed(CONVERT_COMMAND, context, [file.error]);
  const found = findText(file.value.text, file.value.file);
  if (!found.ok) return failed(CONVERT_COMMAND, context, found.error);
  const config = await parseLegacy(found.value.text);
  if (!config.ok) {
    const complaints = config.error.map((issue) => `${file.value.file}: ${formatIssue(issue)}`);
    return failed(CONVERT_COMMAND, context, complaints);
  }
  for (const [old, name] of renamedPools(config.value)) {
    context.stderr.write(
      `${context.program} convert: the pool ${JSON.stringify(old)} becomes ${name}: Services that ask for it by its old name have to be changed\n`,
    );
  }
  const objects = legacyObjects(config.value, namespace || found.value.namespace || undefined);
  if (output === 'json')
    context.stdout.write(formatValue({ apiVersion: 'v1', kind: 'List', items: objects }, 'json'));
  else context.stdout.write(objects.map((object) => formatValue(object, 'yaml')).join('---\n'));
  return EXIT.fine;
}

type Found = { readonly text: string; readonly namespace: string };

/** The text of the ConfigMap in it, if it is one; else all of it. */
function findText(text: string, file: string): Result<Found, readonly string[]> {
  // The old text has neither kind nor version: what does is an object, or an attempt at one.
  if (!/(^|[{,\s])"?(apiVersion|kind)"?\s*:/.test(text)) return ok({ text, namespace: '' });
  const manifests = parseManifests(text, file);
  if (!manifests.ok) return manifests;
  const maps = manifests.value.filter(({ raw }) => raw['kind'] === 'ConfigMap');
  const [only] = maps.length === 1 ? maps : maps.filter(({ raw }) => holdsConfig(raw));
  if (only === undefined) return err([`${file}: holds no ConfigMap with a key "config"`]);
  const inner = legacyText(only.raw);
  if (!inner.ok) return err(inner.error.map((issue) => `${only.origin}: ${formatIssue(issue)}`));
  return ok({ text: inner.value, namespace: textOf(metadataOf(only.raw)['namespace']) });
}

const holdsConfig = (raw: Raw): boolean => Object.hasOwn(fieldsOf(raw['data']), 'config');
