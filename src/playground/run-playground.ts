/**
 * This file runs a playground: it applies the manifests, waits until they are reconciled, prints the table, and then
 * prints changes.
 */
import { untilAborted } from '../base/abort.ts';
import type { Millis } from '../base/clock.ts';
import { mergeDuplicates } from '../manifests/duplicates.ts';
import {
  type Manifest,
  type ManifestProblem,
  noObjectText,
  type ParsedManifests,
} from '../manifests/parse-manifests.ts';
import { readManifestFiles } from '../manifests/read-files.ts';
import { silentLog } from '../observe/log.ts';
import { Metrics } from '../observe/metrics.ts';
import type { Colorize } from '../observe/terminal.ts';
import { systemClock } from '../workqueue/system-clock.ts';
import {
  type ApplyResult,
  applyManifests,
  mergeResults,
  NAMESPACE_DEFAULTS,
  type NamespaceOptions,
} from './cluster/apply.ts';
import type { PlaygroundCluster } from './cluster/cluster.ts';
import { splitManifests } from './cluster/manifest-phases.ts';
import { passedOver } from './cluster/passed-over.ts';
import { CALICO_SUGGESTIONS, describeApplied, NATIVE_SUGGESTIONS, nextSteps } from './messages.ts';
import { ConfigWatch } from './output/config-watch.ts';
import { summarize } from './output/service-board.ts';
import { SETTLE_TIMEOUT, ServiceFollower } from './output/service-follower.ts';
import { renderServiceTable } from './output/service-table.ts';
import { CalicoWatch } from './routers/calico-watch.ts';
import type { LearnedRoutesByService } from './routers/learned-routes.ts';
import { NativeWatch } from './routers/native-watch.ts';
import type { SimulatedRouters } from './routers/simulated-routers.ts';

/** Folders are read without subfolders, as by `kubectl apply -f`. */
const MANIFEST_FILES = { stdin: null, recursive: false };

export type PlaygroundRunOptions = {
  readonly cluster: PlaygroundCluster;
  /** The folders of the CRDs. */
  readonly crdFolders: readonly string[];
  /** The files and folders to apply; null for the examples. */
  readonly paths: readonly string[] | null;
  readonly examples: string;
  readonly namespaces: NamespaceOptions;
  readonly once: boolean;
  /** The peers of the speakers; null where no speakers run, and the routes of Calico are predicted instead. */
  readonly routers: SimulatedRouters | null;
  /** Path of the kubeconfig. */
  readonly kubeconfig: string;
  /** The address of a dashboard of this cluster; null where there is none. */
  readonly openDashboard: (kubeconfig: string) => Promise<string | null>;
  readonly output: PlaygroundOutput;
  /** Aborted when the playground is to stop. */
  readonly signal: AbortSignal;
};

/** The output of a playground. */
export type PlaygroundOutput = {
  /** Progress and next steps; `--quiet` omits them. */
  readonly info: (line: string) => void;
  /** A line of the table. */
  readonly print: (line: string) => void;
  /** A change; the time of day is put before it. */
  readonly printChange: (line: string) => void;
  readonly printError: (line: string) => void;
  readonly columns: () => number;
  readonly paint: Colorize;
};

/** Returns whether everything was applied and every Service that should have an address has one. */
export async function runPlayground(options: PlaygroundRunOptions): Promise<boolean> {
  const { cluster, paths, examples, routers: native, output } = options;
  const stopWatches = new AbortController();
  let tasks: readonly Promise<void>[] = [];
  let isFollowing = false;
  try {
    await installCrds(options);
    const parsed = await readManifestFiles(paths ?? [examples], MANIFEST_FILES);
    const { manifests } = parsed;
    const { prerequisites, managed, calico } = splitManifests(manifests);
    const prerequisitesResult = await applyManifests(cluster.client, prerequisites, options.namespaces);
    const controller = cluster.runController(calico, stopWatches.signal);
    const context = { client: cluster.client, clock: systemClock, random: Math.random };
    const printChange = (line: string): void => {
      if (isFollowing) output.printChange(line);
    };
    const serviceFollower = new ServiceFollower({ ...context, print: printChange });
    const informerContext = { ...context, log: silentLog, metrics: new Metrics('playground') };
    const routerWatch: RouterWatch =
      native === null
        ? new CalicoWatch({ context: informerContext, mode: calico, print: printChange })
        : new NativeWatch({
            ...{
              context: informerContext,
              cluster,
              routers: native,
              print: printChange,
              printError: output.printError,
            },
            rows: () => serviceFollower.board.rows(),
          });
    const configWatch = new ConfigWatch(informerContext, options.cluster.namespace, output.printChange);
    tasks = [
      controller,
      ...[serviceFollower, routerWatch, configWatch].map((one) => one.run(stopWatches.signal)),
    ];
    const failure = Promise.race(tasks.map(failureOf));
    // As with kubectl apply, the later one of two is in force.
    const { clashes } = mergeDuplicates(manifests);
    const namespaces = { fallback: options.namespaces.namespace, programs: options.cluster.namespace };
    const remarks = [...clashes, ...passedOver(manifests, namespaces)];
    const prepared = { prerequisitesResult, managed, problems: problemsOf(parsed, paths), remarks };
    const isSuccessful = await Promise.race([
      failure,
      applyAndShow(options, prepared, { serviceFollower, routerWatch }),
    ]);
    isFollowing = true;
    configWatch.start();
    if (!options.once) await Promise.race([failure, untilAborted(options.signal)]);
    return isSuccessful;
  } finally {
    stopWatches.abort();
    await Promise.allSettled(tasks); // a failure has been thrown above
  }
}

async function installCrds({ cluster, crdFolders }: PlaygroundRunOptions): Promise<void> {
  const { manifests, problems } = await readManifestFiles(crdFolders, MANIFEST_FILES);
  const { refused, skipped } = await applyManifests(cluster.client, manifests, NAMESPACE_DEFAULTS);
  const [problem] = [...problems, ...refused, ...skipped];
  if (problem !== undefined)
    throw new Error(`the CustomResourceDefinitions: ${problem.location}: ${problem.message}`);
}

/** Files of the user without any object are a problem: an empty table would say that all is well. */
function problemsOf(parsed: ParsedManifests, paths: readonly string[] | null): readonly ManifestProblem[] {
  const { manifests, problems } = parsed;
  if (paths === null || manifests.length > 0 || problems.length > 0) return problems;
  return [{ location: paths.join(', '), message: noObjectText(parsed) }];
}

type PreparedManifests = {
  /** The result of the manifests that were applied before the controller started. */
  readonly prerequisitesResult: ApplyResult;
  readonly managed: readonly Manifest[];
  readonly problems: readonly ManifestProblem[];
  /** About objects that were applied. */
  readonly remarks: readonly ManifestProblem[];
};

/** Watches the routes that routers learn: predicted for Calico, or learned from the speakers. */
type RouterWatch = {
  /** Null where neither Calico nor a speaker advertises routes. */
  readonly learned: LearnedRoutesByService | null;
  run(signal: AbortSignal): Promise<void>;
  /** False where it took longer than `timeoutMs`. */
  waitUntilSettled(timeoutMs: Millis, signal: AbortSignal): Promise<boolean>;
};

type PlaygroundWatches = { readonly serviceFollower: ServiceFollower; readonly routerWatch: RouterWatch };

/** Applies pools and Services, waits until they are reconciled, and prints the table. */
async function applyAndShow(
  options: PlaygroundRunOptions,
  prepared: PreparedManifests,
  { serviceFollower, routerWatch }: PlaygroundWatches,
): Promise<boolean> {
  const { cluster, paths, once, output, signal } = options;
  const applied = mergeResults(
    prepared.prerequisitesResult,
    await applyManifests(cluster.client, prepared.managed, options.namespaces),
  );
  output.info(`Applied ${paths?.join(' and ') ?? 'the examples'}: ${describeApplied(applied)}.`);
  const problems = [...prepared.problems, ...applied.refused];
  for (const problem of [...problems, ...applied.skipped, ...prepared.remarks])
    output.printError(formatProblem(problem));
  if (problems.length > 0) {
    output.printError(
      once
        ? 'Fix these errors and run the command again.'
        : 'Fix these errors, and apply the files with kubectl apply -f.',
    );
  }
  const isServicesSettled = await serviceFollower.waitUntilSettled(signal);
  const isSettled = (await routerWatch.waitUntilSettled(SETTLE_TIMEOUT, signal)) && isServicesSettled;
  if (signal.aborted) return true;
  const rows = serviceFollower.board.rows();
  const unassigned = serviceFollower.board.unassigned();
  const { learned } = routerWatch;
  output.info('');
  for (const line of renderServiceTable(rows, { columns: output.columns(), paint: output.paint, learned })) {
    output.print(line);
  }
  if (rows.length > 0) for (const line of ['', summarize(rows, unassigned)]) output.info(line);
  if (!isSettled) output.printError('Not every Service was reconciled in time; the table may be incomplete.');
  const suggestions =
    paths !== null ? [] : options.routers === null ? CALICO_SUGGESTIONS : NATIVE_SUGGESTIONS;
  if (!once) {
    const dashboard = await options.openDashboard(options.kubeconfig);
    const steps = nextSteps({ kubeconfig: options.kubeconfig, dashboard, suggestions });
    for (const line of ['', ...steps, '']) output.info(line);
  }
  return problems.length === 0 && unassigned.length === 0;
}

/** Rejects when `running` rejects; never resolves. */
const failureOf = (running: Promise<void>): Promise<never> =>
  running.then(() => new Promise<never>(() => {}));

const formatProblem = ({ location, message }: ManifestProblem): string => `${location}: ${message}`;
