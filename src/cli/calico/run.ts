/** `berth calico`: `model` takes a case and says what would be observed; `init` and `router` write a set-up. */

import { EXIT_CODES } from '../../base/exit-codes.ts';
import { fieldsOf } from '../../base/json.ts';
import { readText } from '../files/read-files.ts';
import { failCommand, failUsage, readCommandLine } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { CALICO_COMMAND, FLAGS_NOT_TAKEN } from './command.ts';

export async function runCalico(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(CALICO_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags, given, positionals } = line;
  const [subcommand = '', ...surplus] = positionals;
  if (!isCalicoSubcommand(subcommand) || (subcommand === 'model' && surplus.length > 0)) {
    return failUsage(CALICO_COMMAND, context, [
      `say what is wanted: ${context.program} calico model -f FILE, or init, or router`,
    ]);
  }
  const flagsGivenInVain = FLAGS_NOT_TAKEN[subcommand].filter((name) =>
    (given as ReadonlySet<string>).has(name),
  );
  const complaints = [
    ...surplus.map((one) => `${JSON.stringify(one)} means nothing to calico ${subcommand}`),
    ...flagsGivenInVain.map((name) => `--${name} means nothing to calico ${subcommand}`),
  ];
  if (subcommand === 'init') return (await import('./init/run.ts')).runCalicoInit(flags, complaints, context);
  if (subcommand === 'router')
    return (await import('./router/run.ts')).runCalicoRouter(flags, complaints, context);
  if (flags.file === '') complaints.push('name one file with -f, or -f - for standard input');
  if (complaints.length > 0) return failUsage(CALICO_COMMAND, context, complaints);
  return runCalicoModel(flags.file, context);
}

const isCalicoSubcommand = (word: string): word is keyof typeof FLAGS_NOT_TAKEN =>
  Object.hasOwn(FLAGS_NOT_TAKEN, word);

async function runCalicoModel(path: string, context: CliContext): Promise<number> {
  const [{ predictCalicoCase: predictCase }, { hashedRouterId: routerIdOf }] = await Promise.all([
    import('../../calico/cases/case-file.ts'),
    import('../../kube/node-router-id.ts'),
  ]);
  const file = await readText(path, context.stdin);
  if (!file.ok) return failCommand(CALICO_COMMAND, context, [file.error]);
  const read = parseJsonOrNull(file.value.text);
  if (read === null) return failCommand(CALICO_COMMAND, context, [`${file.value.file}: is not JSON`]);
  const prediction = predictCase(fieldsOf(read), routerIdOf);
  context.stdout.write(`${JSON.stringify(prediction, null, 2)}\n`);
  return EXIT_CODES.success;
}

function parseJsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
