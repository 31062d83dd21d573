/** One playground from the first manifest to the last word: apply, settle, show, follow. */
import type { Millis } from '../base/clock.ts';
import { silentLog } from '../observe/log.ts';
import { Metrics } from '../observe/metrics.ts';
import { systemClock } from '../work/clock.ts';
import { type Applied, applyAll, both } from './apply.ts';
import { summary } from './board.ts';
import { CalicoWatch } from './calicowatch.ts';
import type { PlaygroundCluster } from './cluster.ts';
import { ConfigWatch } from './configwatch.ts';
import { readPaths } from './files.ts';
import { Follower, SETTLE_WITHIN } from './follow.ts';
import type { LearnedBook } from './learned.ts';
import type { Complaint, Manifest } from './manifests.ts';
import type { NativeRouters } from './nativerouters.ts';
import { NativeWatch } from './nativewatch.ts';
import { sceneOf } from './scene.ts';
import { drawTable, type Paint } from './table.ts';
import { appliedSentence, CALICO_EDITS, hints, NATIVE_EDITS } from './words.ts';

export type SessionOptions = {
  readonly cluster: PlaygroundCluster;
  /** The folders of the CRDs. */
  readonly kinds: readonly string[];
  /** What to apply; null for the examples. */
  readonly paths: readonly string[] | null;
  readonly examples: string;
  readonly once: boolean;
  /** Whom speakers are to speak with; null where none are to run, and what Calico would announce is of interest. */
  readonly native: NativeRouters | null;
  /** Where the kubeconfig is. */
  readonly kubeconfig: string;
  readonly voice: Voice;
  /** Aborted when it is time to go. */
  readonly signal: AbortSignal;
};

/** Where words go. */
export type Voice = {
  /** What is being done, and how to go on: not for scripts. */
  readonly aside: (line: string) => void;
  /** What there is to know. */
  readonly show: (line: string) => void;
  /** What has just happened. */
  readonly tell: (line: string) => void;
  readonly complain: (line: string) => void;
  readonly columns: () => number;
  readonly paint: Paint;
};

/** Whether all is well: everything could be applied, and every Service that should have an address has one. */
export async function runSession(options: SessionOptions): Promise<boolean> {
  const { cluster, paths, examples, native, voice } = options;
  const hangUp = new AbortController();
  let under: readonly Promise<void>[] = [];
  let live = false;
  try {
    await installKinds(options);
    const read = await readPaths(paths ?? [examples]);
    const { ground, asked, calico } = sceneOf(read.manifests);
    const before = await applyAll(cluster.client, ground);
    const running = cluster.runController(calico, hangUp.signal);
    const context = { client: cluster.client, clock: systemClock, random: Math.random };
    const say = (line: string): void => {
      if (live) voice.tell(line);
    };
    const services = new Follower({ ...context, say });
    const quiet = { ...context, log: silentLog, metrics: new Metrics('playground') };
    const routers: RouterWatch =
      native === null
        ? new CalicoWatch({ context: quiet, mode: calico, say })
        : new NativeWatch({
            ...{ context: quiet, cluster, routers: native, say, complain: voice.complain },
            rows: () => services.board.rows(),
          });
    const config = new ConfigWatch(quiet, voice.tell);
    under = [running, ...[services, routers, config].map((one) => one.run(hangUp.signal))];
    const broken = Promise.race(under.map(faultOf));
    const told = { before, asked, complaints: read.complaints };
    const well = await Promise.race([broken, fill(options, told, { services, routers })]);
    live = true;
    config.begin();
    if (!options.once) await Promise.race([broken, aborted(options.signal)]);
    return well;
  } finally {
    hangUp.abort();
    await Promise.allSettled(under); // a fault has been thrown above
  }
}

async function installKinds({ cluster, kinds }: SessionOptions): Promise<void> {
  const { manifests, complaints } = await readPaths(kinds);
  const { refused, leftOut } = await applyAll(cluster.client, manifests);
  const [problem] = [...complaints, ...refused, ...leftOut];
  if (problem !== undefined) throw new Error(`the kinds: ${problem.place}: ${problem.says}`);
}

type Told = {
  /** What became of all that was applied before. */
  readonly before: Applied;
  readonly asked: readonly Manifest[];
  readonly complaints: readonly Complaint[];
};

/** Who knows what routers learn: Calico's, or our own. */
type RouterWatch = {
  /** Null where nobody announces anything. */
  readonly learned: LearnedBook | null;
  run(signal: AbortSignal): Promise<void>;
  /** False where it took longer than `within`. */
  settle(within: Millis, signal: AbortSignal): Promise<boolean>;
};

type Watches = { readonly services: Follower; readonly routers: RouterWatch };

/** Applies what is asked of the controller, waits until it has settled, and shows it. */
async function fill(options: SessionOptions, told: Told, { services, routers }: Watches): Promise<boolean> {
  const { cluster, paths, once, voice, signal } = options;
  const applied = both(told.before, await applyAll(cluster.client, told.asked));
  voice.aside(`Applied ${paths?.join(' and ') ?? 'the examples'}: ${appliedSentence(applied)}.`);
  const problems = [...told.complaints, ...applied.refused];
  for (const problem of [...problems, ...applied.leftOut]) voice.complain(sentence(problem));
  if (problems.length > 0) {
    voice.complain(once ? 'Mend that and run it again.' : 'Mend that and apply it with kubectl apply -f.');
  }
  const areServed = await services.settle(signal);
  const isSettled = (await routers.settle(SETTLE_WITHIN, signal)) && areServed;
  if (signal.aborted) return true;
  const rows = services.board.rows();
  const lacking = services.board.lacking();
  const { learned } = routers;
  voice.aside('');
  for (const line of drawTable(rows, { columns: voice.columns(), paint: voice.paint, learned })) {
    voice.show(line);
  }
  if (rows.length > 0) for (const line of ['', summary(rows, lacking)]) voice.aside(line);
  if (!isSettled) voice.complain('Not all of it has settled yet.');
  const edits = paths !== null ? [] : options.native === null ? CALICO_EDITS : NATIVE_EDITS;
  if (!once) for (const line of ['', ...hints(options.kubeconfig, edits), '']) voice.aside(line);
  return problems.length === 0 && lacking.length === 0;
}

/** Of what may run for ever only the fault is of interest. */
const faultOf = (running: Promise<void>): Promise<never> => running.then(() => new Promise<never>(() => {}));

const sentence = ({ place, says }: Complaint): string => `${place}: ${says}`;

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
