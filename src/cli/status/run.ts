/** `berth status`: what is wrong in the cluster, and how its parts are, on one screen. */
import { EXIT_CODES } from '../../base/exit-codes.ts';
import { type Flags, parseFlags } from '../../base/flags.ts';
import { err, ok } from '../../base/result.ts';
import { shellQuote } from '../../base/shell-quote.ts';
import type { OverviewDocument } from '../../overview/document.ts';
import { isNothingRead } from '../../overview/knowledge.ts';
import type { ClusterVerdict } from '../../overview/problem.ts';
import { withConnection } from '../cluster/connection.ts';
import { missingNamespace } from '../cluster/named-namespace.ts';
import { readFileOverview } from '../cluster/overview/file-overview.ts';
import { readLiveOverview } from '../cluster/overview/live-overview.ts';
import { OverviewFeed } from '../cluster/overview/overview-feed.ts';
import { commandStartOf } from '../dashboard/command-start.ts';
import { failCommand, failUsage, readCommandLine, surplusOperands } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { formatOutput } from '../framework/output.ts';
import { STATUS_COMMAND } from './command.ts';
import { followStatus } from './follow.ts';
import { type StatusCommands, statusLines } from './text.ts';

export type StatusFlags = Flags<typeof STATUS_COMMAND.flags>;

/** `stopSignal` is asked for by --watch and --wait alone: it takes over Ctrl-C. */
export async function runStatus(
  args: readonly string[],
  context: CliContext,
  stopSignal: () => AbortSignal = () => new AbortController().signal,
): Promise<number> {
  const line = readCommandLine(STATUS_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags } = line;
  const errors = [...surplusOperands(line.positionals, 0), ...usageErrors(flags)];
  if (errors.length > 0) return failUsage(STATUS_COMMAND, context, errors);
  const commands = commandsOf(args, flags, context);
  const { output } = flags;
  const linesOf = (document: OverviewDocument): readonly string[] =>
    output === 'json' || output === 'yaml'
      ? formatOutput(document, output)
      : statusLines(document, { commands, format: context.stdout });
  const print = (document: OverviewDocument): number => {
    context.stdout.print(linesOf(document));
    return exitCodeOf(document, flags);
  };
  if (flags.file.length > 0) {
    const read = await readFileOverview(context, flags);
    return read.ok
      ? print(read.value.overview.document(read.value.wall))
      : failCommand(STATUS_COMMAND, context, read.error);
  }
  const { kubeconfig, context: contextName } = flags;
  // While an installation is waited for, its namespace may still be missing.
  const isFollowed = flags.watch || flags.wait;
  const target = isFollowed ? { kubeconfig, context: contextName } : flags;
  const result = await withConnection(context, target, async (connection) => {
    const { sender, description: source, namespace: contextNamespace, progress, endProgress } = connection;
    const options = { source, flags, contextNamespace, progress, clock: context.clock };
    if (!isFollowed) {
      const missing = flags.namespace === '' ? null : await missingNamespace(sender, flags.namespace);
      if (missing !== null) return err(missing);
      const overview = await readLiveOverview({ ...options, sender });
      endProgress();
      return ok(print(overview.document(context.clock.wall())));
    }
    const last = await followStatus({
      ...{ context, flags, endProgress, signal: stopSignal() },
      feed: (changed) => new OverviewFeed({ ...options, client: sender, random: Math.random, changed }),
      show: linesOf,
    });
    return ok(last === null ? EXIT_CODES.failure : exitCodeOf(last, flags));
  });
  return result.ok ? result.value : failCommand(STATUS_COMMAND, context, [result.error]);
}

const usageErrors = (flags: StatusFlags): readonly string[] => [
  ...(flags['all-namespaces'] && flags.namespace !== '' ? ['-A and -n exclude each other'] : []),
  ...(flags.watch && flags.wait ? ['--watch and --wait exclude each other'] : []),
  ...((flags.watch || flags.wait) && flags.file.length > 0
    ? ['--watch and --wait are for the live cluster: leave -f out']
    : []),
  ...(flags.watch && flags.output !== 'text'
    ? ['--watch is for people: leave -o out, or repeat the command']
    : []),
];

/** For the same terminal: what its environment says need not be said again. */
function commandsOf(args: readonly string[], flags: StatusFlags, { program }: CliContext): StatusCommands {
  const given = parseFlags(STATUS_COMMAND.flags, args, {});
  const start = commandStartOf({
    ...{ program, folder: null, table: STATUS_COMMAND.flags, also: { status: STATUS_COMMAND } },
    flags: given.ok ? given.value.flags : flags,
  });
  const { namespace, 'all-namespaces': isOfAll } = flags;
  const scope = [...(namespace === '' ? [] : [`-n ${shellQuote(namespace)}`]), ...(isOfAll ? ['-A'] : [])];
  return { ...start, scope };
}

const VERDICT_CODES: Readonly<Record<ClusterVerdict, number>> = {
  clean: EXIT_CODES.success,
  warnings: EXIT_CODES.changes,
  errors: EXIT_CODES.errors,
  partial: EXIT_CODES.partial,
};

/** As `doctor`'s. Where nothing could be read, the command has failed. */
function exitCodeOf({ kinds, partial, verdict }: OverviewDocument, flags: StatusFlags): number {
  if (isNothingRead(kinds)) return EXIT_CODES.failure;
  if (partial) return EXIT_CODES.partial;
  if (verdict === 'warnings' && flags['fail-on'] === 'errors') return EXIT_CODES.success;
  return VERDICT_CODES[verdict];
}
