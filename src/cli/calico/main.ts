/** `berth calico model`: a case in, what would be observed out. */
import { predictCase } from '../../calico/casefile.ts';
import { fieldsOf } from '../../calico/fields.ts';
import { failed, misused, readCommandLine } from '../command.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { readText } from '../files/read.ts';
import { CALICO_COMMAND } from './command.ts';
import { routerIdOf } from './routerid.ts';

export async function calicoMain(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(CALICO_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { file: path } = line.flags;
  const [word, ...more] = line.rest;
  if (word !== 'model' || more.length > 0) {
    return misused(CALICO_COMMAND, context, [`say what is wanted: ${context.program} calico model -f FILE`]);
  }
  if (path === '')
    return misused(CALICO_COMMAND, context, ['name one file with -f, or -f - for standard input']);
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
