/** One playground from the first manifest to the last word: apply, settle, show, follow. */
import { systemClock } from '../work/clock.ts';
import { applyAll } from './apply.ts';
import { summary } from './board.ts';
import type { PlaygroundCluster } from './cluster.ts';
import { readPaths } from './files.ts';
import { Follower } from './follow.ts';
import type { Complaint } from './manifests.ts';
import { drawTable, type Paint } from './table.ts';
import { appliedSentence, hints } from './words.ts';

export type SessionOptions = {
  readonly cluster: PlaygroundCluster;
  /** The folder of the CRDs. */
  readonly crds: string;
  /** What to apply; null for the examples. */
  readonly paths: readonly string[] | null;
  readonly examples: string;
  readonly once: boolean;
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
  const hangUp = new AbortController();
  let under: readonly Promise<void>[] = [];
  let live = false;
  try {
    await installKinds(options);
    const running = options.cluster.runController(hangUp.signal);
    const broken = running.then(() => new Promise<never>(() => {})); // only its fault is of interest
    const follower = new Follower({
      client: options.cluster.client,
      clock: systemClock,
      random: Math.random,
      say: (line) => live && options.voice.tell(line),
    });
    under = [running, follower.run(hangUp.signal)];
    const well = await Promise.race([broken, fill(options, follower)]);
    live = true;
    if (!options.once) await Promise.race([broken, aborted(options.signal)]);
    return well;
  } finally {
    hangUp.abort();
    await Promise.allSettled(under); // a fault of the controller has been thrown above
  }
}

async function installKinds({ cluster, crds }: SessionOptions): Promise<void> {
  const { manifests, complaints } = await readPaths([crds]);
  const { refused, leftOut } = await applyAll(cluster.client, manifests);
  const [problem] = [...complaints, ...refused, ...leftOut];
  if (problem !== undefined) throw new Error(`the kinds of metallb.io: ${problem.place}: ${problem.says}`);
}

/** Applies everything, waits until it has settled, and shows it. */
async function fill(options: SessionOptions, follower: Follower): Promise<boolean> {
  const { cluster, paths, examples, once, voice, signal } = options;
  const { manifests, complaints } = await readPaths(paths ?? [examples]);
  const applied = await applyAll(cluster.client, manifests);
  voice.aside(`Applied ${paths?.join(' and ') ?? 'the examples'}: ${appliedSentence(applied)}.`);
  const problems = [...complaints, ...applied.refused];
  for (const problem of [...problems, ...applied.leftOut]) voice.complain(sentence(problem));
  if (problems.length > 0) {
    voice.complain(once ? 'Mend that and run it again.' : 'Mend that and apply it with kubectl apply -f.');
  }
  const settled = await follower.settle(signal);
  if (signal.aborted) return true;
  const rows = follower.board.rows();
  const lacking = follower.board.lacking();
  voice.aside('');
  for (const line of drawTable(rows, { columns: voice.columns(), paint: voice.paint })) voice.show(line);
  if (rows.length > 0) for (const line of ['', summary(rows, lacking)]) voice.aside(line);
  if (!settled) voice.complain('Not all of it has settled yet.');
  if (!once) for (const line of ['', ...hints(options.kubeconfig, paths === null), '']) voice.aside(line);
  return problems.length === 0 && lacking.length === 0;
}

const sentence = ({ place, says }: Complaint): string => `${place}: ${says}`;

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
