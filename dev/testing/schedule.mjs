// @ts-check

/**
 * Which batch of test files starts next; most have one file. Light files need one core each, and run side by side. Heavy ones need much of the machine: they
 * run after the light ones. Patient ones mostly wait for daemons: a few run beside all others from the start, so that their
 * waiting costs no time.
 */

/** @typedef {'light' | 'heavy' | 'patient'} Kind */

/** More at once would starve what shares the machine with them: API servers, and the timers of other tests. */
const LIGHT_MAX = 4;
/** One heavy file and two patient ones use two cores; without either kind, there is room for one more of the other. */
const HEAVY_BESIDE_PATIENT = 1;
const HEAVY_ALONE = 2;
const PATIENT_BESIDE_OTHERS = 2;
const PATIENT_ALONE = 3;

export class Schedule {
  #cores;
  /** @type {Record<Kind, (readonly string[])[]>} */
  #waiting;
  /** @type {Record<Kind, number>} */
  #running = { light: 0, heavy: 0, patient: 0 };

  /**
   * @param {Readonly<Record<Kind, readonly (readonly string[])[]>>} batches each kind in the order in which it starts
   * @param {number} cores
   */
  constructor({ light, heavy, patient }, cores) {
    this.#waiting = { light: [...light], heavy: [...heavy], patient: [...patient] };
    this.#cores = cores;
  }

  /**
   * The batch to start now; null if none may start before another ends, or if none is left.
   * @returns {{ paths: readonly string[], kind: Kind } | null}
   */
  next() {
    for (const kind of /** @type {const} */ (['light', 'heavy', 'patient'])) {
      if (this.#running[kind] >= this.#limit(kind)) continue;
      const paths = this.#waiting[kind].shift();
      if (paths === undefined) continue;
      this.#running[kind]++;
      return { paths, kind };
    }
    return null;
  }

  /** @param {Kind} kind of a batch that has ended */
  ended(kind) {
    this.#running[kind]--;
  }

  /** @param {Kind} kind */
  #limit(kind) {
    if (kind === 'light') return Math.min(LIGHT_MAX, this.#cores);
    if (kind === 'heavy') {
      if (this.#isLeft('light')) return 0;
      return this.#isLeft('patient') ? HEAVY_BESIDE_PATIENT : HEAVY_ALONE;
    }
    if (!this.#isLeft('light') && !this.#isLeft('heavy')) return PATIENT_ALONE;
    return this.#cores > 1 ? PATIENT_BESIDE_OTHERS : 0;
  }

  /** @param {Kind} kind of which a file waits or runs */
  #isLeft(kind) {
    return this.#waiting[kind].length + this.#running[kind] > 0;
  }
}
