/** The case that `-f` names, for the commands that print a prediction for it: a JSON object, or manifests. */
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { EXIT_CODES } from '../../base/exit-codes.ts';
import { isObject, parseJsonOrNull, type Raw } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { didYouMean } from '../../base/text.ts';
import { formatManifestProblem } from '../../manifests/parse-manifests.ts';
import { readText } from '../../manifests/read-files.ts';
import { type Command, failCommand, failUsage, surplusOperands } from './command.ts';
import type { CliContext } from './context.ts';
import { describeFiles, readClusterManifests } from './files.ts';
import { formatJson } from './output.ts';

type PredictionInput = {
  readonly path: string;
  readonly operands: readonly string[];
  /** Fields of the file that are read. Others are ignored, unless they are almost one of these. */
  readonly fields: readonly string[];
  /** Fields of the case, beside its objects, where the input is manifests. */
  readonly ofManifests?: Raw;
  /** Sentences about objects that were meant to be read and are not. */
  readonly findMisspelled: (objects: readonly Raw[]) => readonly string[];
};

/** Prints `predict` of the file as JSON. */
export async function runPrediction(
  command: Command,
  { path, operands, fields, ofManifests = {}, findMisspelled }: PredictionInput,
  predict: (input: Raw) => Promise<unknown>,
  context: CliContext,
): Promise<number> {
  const errors = [
    ...surplusOperands(operands, 0),
    ...(path === '' ? ['name one file: -f FILE, or -f - for standard input'] : []),
  ];
  if (errors.length > 0) return failUsage(command, context, errors);
  const input = await readCase(path, { fields, ofManifests, findMisspelled }, context);
  if (!input.ok) return failCommand(command, context, input.error);
  context.stdout.print(formatJson(await predict(input.value)));
  return EXIT_CODES.success;
}

type CaseRules = Required<Pick<PredictionInput, 'fields' | 'ofManifests' | 'findMisspelled'>>;

/** The errors are sentences. */
async function readCase(
  path: string,
  rules: CaseRules,
  context: CliContext,
): Promise<Result<Raw, readonly string[]>> {
  if (await isFolder(path)) return readCaseOfManifests(path, rules, { ...context, stdin: null });
  const file = await readText(path, context.stdin);
  if (!file.ok) return err([formatManifestProblem(file.error)]);
  const input = parseJsonOrNull(file.value.text);
  const isManifest = !isObject(input) || Object.hasOwn(input, 'kind') || Object.hasOwn(input, 'apiVersion');
  if (isManifest) {
    const stdin = Readable.from([file.value.text]);
    return readCaseOfManifests(path, rules, { ...context, stdin });
  }
  const { fields } = rules;
  const misspelled = Object.keys(input).flatMap((field) => {
    const hint = fields.includes(field) ? null : didYouMean(field, fields);
    return hint === null
      ? []
      : [`${file.value.file}: ${JSON.stringify(field)} is not a known field: ${hint}`];
  });
  if (misspelled.length > 0) return err(misspelled);
  // An empty case would print an empty prediction, as if nothing were announced.
  return Object.keys(input).some((field) => fields.includes(field))
    ? ok(input)
    : err([`${file.value.file}: has none of the fields ${fields.join(', ')}`]);
}

/** A cluster without steps. `stdin` is what was read of it. */
async function readCaseOfManifests(
  path: string,
  { ofManifests, findMisspelled }: CaseRules,
  { stdin, stderr, program }: Pick<CliContext, 'stderr' | 'program'> & { readonly stdin: Readable | null },
): Promise<Result<Raw, readonly string[]>> {
  const manifests = await readClusterManifests([path], {
    ...{ stdin, recursive: false, mayRecurse: false },
    // Namespaces are those of the case, and are compared as they stand.
    place: (object) => object,
    remark: (sentence) => stderr.print([`${program}: ${sentence}`]),
  });
  if (!manifests.ok) return manifests;
  const objects = manifests.value.map(({ object }) => object);
  const misspelled = findMisspelled(objects).map((sentence) => `${describeFiles([path])}: ${sentence}`);
  return misspelled.length > 0 ? err(misspelled) : ok({ objects, ...ofManifests });
}

/** What is missing or may not be read is named where it is read. */
const isFolder = async (path: string): Promise<boolean> =>
  path !== '-' && (await stat(path).catch(() => null))?.isDirectory() === true;
