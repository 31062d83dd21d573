/** `berth explain`: why a Service has its address or none, and which Services hold an address. */

import { EXIT_CODES } from '../../base/exit-codes.ts';
import { joinCauses } from '../../base/shared-causes.ts';
import { withSource } from '../cluster/open-source.ts';
import { failCommand, failUsage, readCommandLine } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { formatOutput } from '../framework/output.ts';
import { EXPLAIN_COMMAND } from './command.ts';
import { explainTopic } from './explain-topic.ts';
import { readTopic } from './topic.ts';

export async function runExplain(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(EXPLAIN_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags } = line;
  const topic = readTopic(line.positionals, flags);
  if (!topic.ok) return failUsage(EXPLAIN_COMMAND, context, [topic.error]);
  const explanation = await withSource(context, flags, flags.file, (opened) =>
    explainTopic(topic.value, opened, flags, context),
  );
  if (!explanation.ok) return failCommand(EXPLAIN_COMMAND, context, explanation.error);
  const { output } = flags;
  context.stdout.print(
    output === 'json' || output === 'yaml'
      ? formatOutput(explanation.value.json, output)
      : explanation.value.lines(context.stdout),
  );
  const { unread } = explanation.value;
  if (unread.length === 0) return EXIT_CODES.success;
  context.stderr.print(joinCauses(unread).map((sentence) => `${context.program} explain: ${sentence}`));
  return EXIT_CODES.partial;
}
