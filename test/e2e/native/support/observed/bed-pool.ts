/** Cases on a few beds: each bed has an API server, and plays one case after the other. */

/** Cases mostly wait. For a few, the start of a second bed is not worth it. */
const SECOND_BED_FROM = 6;

type Bed = { clear(): Promise<void>; stop(): Promise<void> };

export class BedPool<B extends Bed> {
  /** How many cases may be played at a time. */
  readonly size: number;
  readonly #start: () => Promise<B>;
  readonly #beds: B[] = [];
  readonly #free: B[] = [];
  /** One after the other: the first builds the program if needed. */
  #starting: Promise<unknown> = Promise.resolve();

  constructor(cases: number, start: () => Promise<B>) {
    this.size = cases < SECOND_BED_FROM ? 1 : 2;
    this.#start = start;
  }

  async use(play: (bed: B) => Promise<void>): Promise<void> {
    const bed = await (this.#free.pop() ?? this.#startBed());
    try {
      await play(bed);
    } finally {
      await bed.clear();
      this.#free.push(bed);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#beds.map((bed) => bed.stop()));
  }

  #startBed(): Promise<B> {
    const started = this.#starting.then(() => this.#start());
    this.#starting = started.then((bed) => this.#beds.push(bed));
    return started;
  }
}

/** The files of a folder that are to be played: those named, else all in a full run, else `quick`. */
export function selectedCases(
  files: readonly string[],
  quick: ReadonlySet<string>,
  environment: NodeJS.ProcessEnv,
): readonly string[] {
  const { BERTH_CASE: selection, BERTH_FULL: full } = environment;
  return files
    .filter((file) => (selection === undefined ? full === '1' || quick.has(file) : file.includes(selection)))
    .sort();
}
