/** `berth plan`: what an edit would do to addresses in use and to routes. */
import { manifestOptions } from '../cluster/manifest-options.ts';
import { withSource } from '../cluster/open-source.ts';
import { defaultNamespacesOf } from '../cluster/resource-ref.ts';
import { failCommand, failUsage, readCommandLine } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { readManifests } from '../framework/files.ts';
import { formatOutput } from '../framework/output.ts';
import { PLAN_COMMAND } from './command.ts';
import { planExitCode, planResultJson, planResultLines } from './plan-output.ts';
import { planManifests } from './plan-result.ts';

export async function runPlan(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(PLAN_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags, positionals } = line;
  if (positionals.length > 0)
    return failUsage(PLAN_COMMAND, context, [
      `unexpected ${JSON.stringify(positionals[0])}: to name a file, write -f ${positionals[0]}`,
    ]);
  if (flags.file.length === 0 && flags.delete.length === 0)
    return failUsage(PLAN_COMMAND, context, ['the edit is missing: -f FILE, or --delete KIND/NAME']);
  const manifests = await readManifests(
    flags.file,
    manifestOptions(context, flags, defaultNamespacesOf(flags, null)),
  );
  if (!manifests.ok) return failCommand(PLAN_COMMAND, context, manifests.error);
  const result = await withSource(context, flags, flags.cluster, (opened) =>
    planManifests({ manifests: manifests.value, deletions: flags.delete }, opened, flags, context),
  );
  if (!result.ok) return failCommand(PLAN_COMMAND, context, result.error);
  const { output } = flags;
  context.stdout.print(
    output === 'json' || output === 'yaml'
      ? formatOutput(planResultJson(result.value), output)
      : planResultLines(result.value, context.stdout),
  );
  return planExitCode(result.value);
}
