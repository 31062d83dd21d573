/** `berth bgp model`: takes a case and says what would be observed. */
import { fieldsOf } from '../../cluster/fields.ts';
import { failed, misused } from '../command.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { readText } from '../files/read.ts';
import { BGP_COMMAND, type BgpFlags } from './command.ts';

export async function modelMain(
  flags: BgpFlags,
  complaints: readonly string[],
  context: CliContext,
): Promise<number> {
  const all =
    flags.file === '' ? [...complaints, 'name one file with -f, or -f - for standard input'] : complaints;
  if (all.length > 0) return misused(BGP_COMMAND, context, all);
  const { predictCase } = await import('../../announce/casefile.ts');
  const file = await readText(flags.file, context.stdin);
  if (!file.ok) return failed(BGP_COMMAND, context, [file.error]);
  const read = parseJson(file.value.text);
  if (read === null) return failed(BGP_COMMAND, context, [`${file.value.file}: is not JSON`]);
  context.stdout.write(`${JSON.stringify(predictCase(fieldsOf(read)), null, 2)}\n`);
  return EXIT.fine;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
