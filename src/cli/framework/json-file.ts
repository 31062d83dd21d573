/** A JSON object from the file that `-f` names, for the commands that print a prediction for it. */
import { EXIT_CODES } from '../../base/exit-codes.ts';
import { isObject, parseJsonOrNull, type Raw } from '../../base/json.ts';
import { didYouMean } from '../../base/text.ts';
import { formatManifestProblem } from '../../manifests/parse-manifests.ts';
import { readText } from '../../manifests/read-files.ts';
import { type Command, failCommand, failUsage, surplusOperands } from './command.ts';
import type { CliContext } from './context.ts';
import { formatJson } from './output.ts';

type PredictionInput = {
  readonly path: string;
  readonly operands: readonly string[];
  /** Fields of the file that are read. Others are ignored, unless they are almost one of these. */
  readonly fields: readonly string[];
};

/** Prints `predict` of the file as JSON. */
export async function runPrediction(
  command: Command,
  { path, operands, fields }: PredictionInput,
  predict: (input: Raw) => Promise<unknown>,
  context: CliContext,
): Promise<number> {
  const errors = [
    ...surplusOperands(operands, 0),
    ...(path === '' ? ['name one file: -f FILE, or -f - for standard input'] : []),
  ];
  if (errors.length > 0) return failUsage(command, context, errors);
  const file = await readText(path, context.stdin);
  if (!file.ok) return failCommand(command, context, [formatManifestProblem(file.error)]);
  const input = parseJsonOrNull(file.value.text);
  if (!isObject(input)) return failCommand(command, context, [`${file.value.file}: is not a JSON object`]);
  const misspelled = Object.keys(input).flatMap((field) => {
    const hint = fields.includes(field) ? null : didYouMean(field, fields);
    return hint === null
      ? []
      : [`${file.value.file}: ${JSON.stringify(field)} is not a known field: ${hint}`];
  });
  if (misspelled.length > 0) return failCommand(command, context, misspelled);
  context.stdout.print(formatJson(await predict(input)));
  return EXIT_CODES.success;
}
