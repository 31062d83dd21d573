/** Whether MetalLB's controller is at work: then it grants, and we would only be in its way. */
import type { Log } from '../../observe/log.ts';
import type { EventNote } from '../ports.ts';
import { type Deployment, STANDS_BACK, standsBackFor } from '../rivals.ts';

export type StandingBackOptions = {
  readonly namespace: string;
  readonly log: Log;
  readonly rival: (isStandingBack: boolean) => Deployment | null;
  readonly events: (note: EventNote) => void;
};

export class StandingBack {
  readonly #options: StandingBackOptions;
  #isOn = false;

  constructor(options: StandingBackOptions) {
    this.#options = options;
  }

  /** Before anything begins: whether it is not to begin. */
  begins(): boolean {
    return this.#set(this.#options.rival(this.#isOn));
  }

  /** The Deployment has changed: whether to end what we do, or to begin; null where all stays as it is. */
  changed(isActive: boolean): 'end' | 'begin' | null {
    const rival = this.#options.rival(this.#isOn);
    if (rival === null ? !this.#isOn : !isActive) return null;
    return this.#set(rival) ? 'end' : 'begin';
  }

  forget(): void {
    this.#isOn = false;
  }

  #set(rival: Deployment | null): boolean {
    const { namespace, log, events } = this.#options;
    this.#isOn = rival !== null;
    if (rival === null) return false;
    log.warn(STANDS_BACK, { deployment: rival.name });
    events(standsBackFor(rival, namespace));
    return true;
  }
}
