/** `berth calico`: `model` takes a case and says what would be observed; `init` and `router` write a set-up. */
import { fieldsOf } from '../../cluster/fields.ts';
import { failed, misused, readCommandLine } from '../command.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { readText } from '../files/read.ts';
import { CALICO_COMMAND, FOREIGN_FLAGS } from './command.ts';

export async function calicoMain(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(CALICO_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags, given, rest } = line;
  const [word = '', ...more] = rest;
  if (!isWord(word) || (word === 'model' && more.length > 0)) {
    return misused(CALICO_COMMAND, context, [
      `say what is wanted: ${context.program} calico model -f FILE, or init, or router`,
    ]);
  }
  const foreign = FOREIGN_FLAGS[word].filter((name) => (given as ReadonlySet<string>).has(name));
  const complaints = [
    ...more.map((one) => `${JSON.stringify(one)} means nothing to calico ${word}`),
    ...foreign.map((name) => `--${name} means nothing to calico ${word}`),
  ];
  if (word === 'init') return (await import('./init/main.ts')).initMain(flags, complaints, context);
  if (word === 'router') return (await import('./router/main.ts')).routerMain(flags, complaints, context);
  if (flags.file === '') complaints.push('name one file with -f, or -f - for standard input');
  if (complaints.length > 0) return misused(CALICO_COMMAND, context, complaints);
  return predict(flags.file, context);
}

const isWord = (word: string): word is keyof typeof FOREIGN_FLAGS => Object.hasOwn(FOREIGN_FLAGS, word);

async function predict(path: string, context: CliContext): Promise<number> {
  const [{ predictCase }, { routerIdOf }] = await Promise.all([
    import('../../calico/casefile.ts'),
    import('../../kube/noderouterid.ts'),
  ]);
  const file = await readText(path, context.stdin);
  if (!file.ok) return failed(CALICO_COMMAND, context, [file.error]);
  const read = parseJson(file.value.text);
  if (read === null) return failed(CALICO_COMMAND, context, [`${file.value.file}: is not JSON`]);
  const prediction = predictCase(fieldsOf(read), routerIdOf);
  context.stdout.write(`${JSON.stringify(prediction, null, 2)}\n`);
  return EXIT.fine;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
