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
import { readManifests } from './files.ts';
import { formatJson } from './output.ts';

type PredictionInput = {
  readonly path: string;
  readonly operands: readonly string[];
  /** Fields of the file that are read. Others are ignored, unless they are almost one of these. */
  readonly fields: readonly string[];
  /** Fields of the case, beside its objects, where the input is manifests. */
  readonly ofManifests?: Raw;
};

/** Prints `predict` of the file as JSON. */
export async function runPrediction(
  command: Command,
  { path, operands, fields, ofManifests = {} }: PredictionInput,
  predict: (input: Raw) => Promise<unknown>,
  context: CliContext,
): Promise<number> {
  const errors = [
    ...surplusOperands(operands, 0),
    ...(path === '' ? ['name one file: -f FILE, or -f - for standard input'] : []),
  ];
  if (errors.length > 0) return failUsage(command, context, errors);
  const input = await readCase(path, { fields, ofManifests }, context);
  if (!input.ok) return failCommand(command, context, input.error);
  context.stdout.print(formatJson(await predict(input.value)));
  return EXIT_CODES.success;
}

/** The errors are sentences. */
async function readCase(
  path: string,
  { fields, ofManifests }: Required<Pick<PredictionInput, 'fields' | 'ofManifests'>>,
  { stdin }: CliContext,
): Promise<Result<Raw, readonly string[]>> {
  if (await isFolder(path)) return readCaseOfManifests(path, null, ofManifests);
  const file = await readText(path, stdin);
  if (!file.ok) return err([formatManifestProblem(file.error)]);
  const input = parseJsonOrNull(file.value.text);
  const isManifest = !isObject(input) || Object.hasOwn(input, 'kind') || Object.hasOwn(input, 'apiVersion');
  if (isManifest) return readCaseOfManifests(path, Readable.from([file.value.text]), ofManifests);
  const misspelled = Object.keys(input).flatMap((field) => {
    const hint = fields.includes(field) ? null : didYouMean(field, fields);
    return hint === null
      ? []
      : [`${file.value.file}: ${JSON.stringify(field)} is not a known field: ${hint}`];
  });
  return misspelled.length > 0 ? err(misspelled) : ok(input);
}

/** A cluster without steps. `stdin` is what was read of it. */
async function readCaseOfManifests(
  path: string,
  stdin: Readable | null,
  ofManifests: Raw,
): Promise<Result<Raw, readonly string[]>> {
  const manifests = await readManifests([path], { stdin, recursive: false });
  if (!manifests.ok) return manifests;
  return ok({ objects: manifests.value.map(({ object }) => object), ...ofManifests });
}

/** What is missing or may not be read is named where it is read. */
const isFolder = async (path: string): Promise<boolean> =>
  path !== '-' && (await stat(path).catch(() => null))?.isDirectory() === true;
