/** `berth dashboard`: the overview of the cluster in a browser of this machine. */
import { untilAborted } from '../../base/abort.ts';
import { EXIT_CODES } from '../../base/exit-codes.ts';
import type { Flags } from '../../base/flags.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { tuneForStart } from '../../runtime/main/v8-tuning.ts';
import { withConnection } from '../cluster/connection.ts';
import { missingNamespace } from '../cluster/named-namespace.ts';
import { readFileOverview } from '../cluster/overview/file-overview.ts';
import { defaultNamespacesOf } from '../cluster/resource-ref.ts';
import { failCommand, failUsage, readCommandLine, surplusOperands } from '../framework/command.ts';
import type { CliContext } from '../framework/context.ts';
import { DASHBOARD_COMMAND } from './command.ts';
import { commandStartOf } from './command-start.ts';
import { followCluster } from './follow-cluster.ts';
import { type ListenPlace, readListenPlace } from './listen-place.ts';
import { openFile, writeOpeningFile } from './opening.ts';
import { openPages } from './pages.ts';
import { Publisher } from './publisher.ts';
import { type AskedCluster, questionsAbout } from './questions.ts';

type DashboardFlags = Flags<typeof DASHBOARD_COMMAND.flags>;

export type DashboardEnvironment = {
  /** The folder of the built pages. */
  readonly files: URL;
  /** How a shell starts this program: `berth`, `node dist/berth.mjs`. */
  readonly invocation: string;
  /** Takes over Ctrl-C. */
  readonly stopSignal: () => AbortSignal;
};

export async function runDashboard(
  args: readonly string[],
  context: CliContext,
  { files, invocation, stopSignal }: DashboardEnvironment,
): Promise<number> {
  const line = readCommandLine(DASHBOARD_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags } = line;
  const errors = [
    ...surplusOperands(line.positionals, 0),
    ...(flags['all-namespaces'] && flags.namespace !== '' ? ['-A and -n exclude each other'] : []),
  ];
  if (errors.length > 0) return failUsage(DASHBOARD_COMMAND, context, errors);
  const place = await readListenPlace(flags);
  if (!place.ok) return failUsage(DASHBOARD_COMMAND, context, place.error);
  const publisher = new Publisher({
    origin: flags.file.length > 0 ? 'files' : 'cluster',
    commands: commandStartOf({
      ...{ program: invocation, folder: process.cwd(), table: DASHBOARD_COMMAND.flags, flags },
    }),
  });
  const serve = (
    cluster: Pick<AskedCluster, 'open' | 'held'>,
    signal: AbortSignal,
    endProgress = (): void => {},
  ): Promise<Result<null, string>> =>
    serveUntilAborted({ context, flags, place: place.value, files, publisher, cluster, signal, endProgress });
  if (flags.file.length > 0) {
    const read = await readFileOverview(context, flags);
    if (!read.ok) return failCommand(DASHBOARD_COMMAND, context, read.error);
    publisher.publish(read.value.overview.document(read.value.wall));
    return finish(context, await serve({ open: () => read.value.opened, held: () => null }, stopSignal()));
  }
  const result = await withConnection(context, flags, async (connection) => {
    const { sender, description, namespace: contextNamespace, progress, endProgress } = connection;
    const missing = flags.namespace === '' ? null : await missingNamespace(sender, flags.namespace);
    if (missing !== null) return err(missing);
    const stop = new AbortController();
    const signal = AbortSignal.any([stopSignal(), stop.signal]);
    const defaultNamespaces = defaultNamespacesOf(flags, contextNamespace);
    const { clock } = context;
    const followed = followCluster(
      {
        ...{ sender, source: description, flags, contextNamespace, progress, client: sender, clock },
        ...{ publisher, tell: teller(context), defaultNamespaces },
      },
      signal,
    );
    const endTuning = tuneForStart(clock, () => followed.held() !== null);
    const served = await serve(followed, signal, endProgress);
    stop.abort();
    endTuning();
    await followed.ended;
    return served;
  });
  return finish(context, result);
}

const teller =
  ({ program, stderr }: CliContext) =>
  (sentence: string): void =>
    stderr.print([`${program} dashboard: ${sentence}`]);

const finish = (context: CliContext, result: Result<null, string>): number =>
  result.ok ? EXIT_CODES.success : failCommand(DASHBOARD_COMMAND, context, [result.error]);

type ServeOptions = {
  readonly context: CliContext;
  readonly flags: DashboardFlags;
  readonly place: ListenPlace;
  readonly files: URL;
  readonly publisher: Publisher;
  readonly cluster: Pick<AskedCluster, 'open' | 'held'>;
  readonly signal: AbortSignal;
  readonly endProgress: () => void;
};

/** Serves until `signal` is aborted. */
async function serveUntilAborted(options: ServeOptions): Promise<Result<null, string>> {
  const { context, flags, place, files, publisher, cluster, signal, endProgress } = options;
  const pages = await openPages({
    ...{ port: flags.port, place, files, publisher },
    ...questionsAbout({ ...cluster, options: flags, clock: context.clock }),
    tell: teller(context),
  });
  endProgress();
  if (!pages.ok) return err(pages.error);
  const { url, close } = pages.value;
  const opening = await writeOpeningFile(url);
  if (place.isReachable)
    context.stderr.print([
      `${context.program} dashboard: warning: other machines reach ${place.host}. Whoever has the address with its token reads what you may read.`,
    ]);
  try {
    const isOpened = !flags['no-open'] && (await openFile(opening.path));
    context.stdout.print([
      isOpened ? 'The dashboard opens in your browser. Its address:' : 'Open this address in your browser:',
      `  ${url}`,
      'It has a token: do not share it. Ctrl-C ends the dashboard.',
    ]);
    await untilAborted(signal);
  } finally {
    await opening.remove();
    await close();
  }
  return ok(null);
}
