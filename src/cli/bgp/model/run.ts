/** `berth bgp model`: takes a case and says what would be observed. */

import { EXIT_CODES } from '../../../base/exit-codes.ts';
import { fieldsOf } from '../../../base/json.ts';
import { readText } from '../../files/read-files.ts';
import { failCommand, failUsage } from '../../framework/command.ts';
import type { CliContext } from '../../framework/context.ts';
import { BGP_COMMAND, type BgpFlags } from '../command.ts';

export async function runBgpModel(
  flags: BgpFlags,
  complaints: readonly string[],
  context: CliContext,
): Promise<number> {
  const usageErrors =
    flags.file === '' ? [...complaints, 'name one file with -f, or -f - for standard input'] : complaints;
  if (usageErrors.length > 0) return failUsage(BGP_COMMAND, context, usageErrors);
  const { simulateCase } = await import('../../../announce/simulator/case-file.ts');
  const file = await readText(flags.file, context.stdin);
  if (!file.ok) return failCommand(BGP_COMMAND, context, [file.error]);
  const read = parseJsonOrNull(file.value.text);
  if (read === null) return failCommand(BGP_COMMAND, context, [`${file.value.file}: is not JSON`]);
  context.stdout.write(`${JSON.stringify(simulateCase(fieldsOf(read)), null, 2)}\n`);
  return EXIT_CODES.success;
}

function parseJsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
