/**
 * Speakers and routers of a playground, and what the ones have taught the others. It looks by itself now and then: a
 * speaker tells its routers, and nobody else, what it has come to think of a Service.
 */
import type { Millis } from '../base/clock.ts';
import type { PictureContext } from '../program/main/picture.ts';
import type { SpeakerProgram } from '../speaker/main/speaker.ts';
import type { PlaygroundCluster } from './cluster.ts';
import type { LearnedBook } from './learned.ts';
import { learnedNews } from './learnednews.ts';
import { nativeLearned } from './nativelearned.ts';
import type { NativeRouters, Say } from './nativerouters.ts';
import { NativeSpeakers } from './nativespeakers.ts';
import type { Row } from './row.ts';

const LOOK_EVERY: Millis = 200;
/** What is still on its way is waited for so many times. */
const LOOKS_WAITED_MAX = 10;
const SETTLE_LOOK_EVERY: Millis = 20;

export type NativeWatchOptions = {
  readonly context: PictureContext;
  readonly cluster: PlaygroundCluster;
  readonly routers: NativeRouters;
  /** All Services, as they are now. */
  readonly rows: () => readonly Row[];
  /** Called with each line worth saying. */
  readonly say: Say;
  /** Also before anything is shown. */
  readonly complain: Say;
};

export class NativeWatch {
  readonly #options: NativeWatchOptions;
  readonly #speakers: NativeSpeakers;
  #learned: LearnedBook = new Map();
  #changes = 0;
  #waited = 0;
  #cancel: () => void = () => {};

  constructor(options: NativeWatchOptions) {
    const { context, cluster, routers, say, complain } = options;
    this.#options = options;
    this.#speakers = new NativeSpeakers({
      ...{ context, cluster, complain },
      lineOf: (node, homeOf) => routers.lineOf(node, homeOf),
    });
    routers.say = say;
  }

  get learned(): LearnedBook {
    return this.#learned;
  }

  /** Settles after `signal` was aborted and everything is hung up. */
  async run(signal: AbortSignal): Promise<void> {
    const { routers } = this.#options;
    try {
      await this.#speakers.run(signal);
    } finally {
      this.#cancel();
      await routers.close(); // the routers first: a speaker that nobody listens to has nobody to take leave of
      await this.#speakers.end();
    }
  }

  /**
   * The speakers begin, now that everything else stands, and have taught the routers all they know. False where that took
   * longer than `within`.
   */
  async settle(within: Millis, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options.context;
    const deadline = clock.now() + within;
    let isSettled = await this.#speakers.begin(within);
    while (isSettled && !(this.#isInStep && this.#areUp && this.#knowAll)) {
      if (signal.aborted || clock.now() >= deadline) isSettled = false;
      else await new Promise<void>((resolve) => clock.after(SETTLE_LOOK_EVERY, resolve));
    }
    this.#learned = this.#workOut();
    if (!signal.aborted) this.#arm();
    return isSettled;
  }

  #arm(): void {
    const { clock } = this.#options.context;
    this.#cancel = clock.after(LOOK_EVERY, () => {
      this.#look();
      this.#arm();
    });
  }

  /** Between two looks at which nothing moves everybody has heard what there was to hear. */
  #look(): void {
    const { routers, rows, say } = this.#options;
    const isCalm = this.#isInStep && routers.changes === this.#changes;
    this.#changes = routers.changes;
    this.#waited = isCalm ? 0 : this.#waited + 1;
    if (!isCalm && this.#waited < LOOKS_WAITED_MAX) return;
    this.#waited = 0;
    const before = this.#learned;
    const now = this.#workOut();
    const shown = new Set(rows().map(({ key }) => key));
    const kept = [...before].filter(([key]) => shown.has(key) && !now.has(key));
    this.#learned = new Map([...kept, ...now]);
    for (const line of learnedNews(before, this.#learned)) say(line);
  }

  #workOut(): LearnedBook {
    const { routers, rows } = this.#options;
    const speakers = this.#programs.map(([node, program]) => ({
      node,
      told: (key: string) => program.told(key),
      hasLeft: () => program.view().peers().phase === 'left',
      neighbours: program.neighbours,
    }));
    return nativeLearned(rows(), { speakers, ribs: routers.ribs });
  }

  get #programs(): readonly (readonly [node: string, program: SpeakerProgram])[] {
    return this.#speakers.present;
  }

  /** What every speaker has handed over has been heard. */
  get #isInStep(): boolean {
    return this.#programs.every(([node, program]) => {
      const counts = program.neighbours.flatMap(({ rib }) => [rib.counts(4), rib.counts(6)]);
      const told = counts.reduce((sum, one) => sum + one.told, 0);
      const isTelling = counts.some(({ pending }) => pending > 0);
      return !isTelling && told === this.#options.routers.countFrom(node);
    });
  }

  get #areUp(): boolean {
    return this.#programs.every(
      ([, program]) =>
        program.notReady() === null && program.neighbours.every(({ line }) => line.state === 'Established'),
    );
  }

  get #knowAll(): boolean {
    const served = this.#options.rows().filter(({ standing }) => standing === 'served');
    const known = this.#workOut();
    return served.every(({ key }) => known.has(key));
  }
}
