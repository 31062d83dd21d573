/** Whether MetalLB's controller is at work: then it grants, and we would only be in its way. */
import type { Log } from '../observe/log.ts';
import { type Deployment, STANDING_DOWN, standDownEvent } from './metallb-controller.ts';
import type { ControllerEvent } from './ports.ts';

export type MetalLBGuardOptions = {
  readonly namespace: string;
  readonly log: Log;
  readonly findMetalLB: (isStandingDown: boolean) => Deployment | null;
  readonly events: (note: ControllerEvent) => void;
};

export class MetalLBGuard {
  readonly #options: MetalLBGuardOptions;
  #isStandingDown = false;

  constructor(options: MetalLBGuardOptions) {
    this.#options = options;
  }

  /** Before anything begins: whether it is not to begin. */
  blocksStart(): boolean {
    return this.#update(this.#options.findMetalLB(this.#isStandingDown));
  }

  /** The Deployment has changed: whether to end what we do, or to begin; null where all stays as it is. */
  changed(isActive: boolean): 'end' | 'begin' | null {
    const deployment = this.#options.findMetalLB(this.#isStandingDown);
    if (deployment === null ? !this.#isStandingDown : !isActive) return null;
    return this.#update(deployment) ? 'end' : 'begin';
  }

  reset(): void {
    this.#isStandingDown = false;
  }

  #update(deployment: Deployment | null): boolean {
    const { namespace, log, events } = this.#options;
    this.#isStandingDown = deployment !== null;
    if (deployment === null) return false;
    log.warn(STANDING_DOWN, { deployment: deployment.name });
    events(standDownEvent(deployment, namespace));
    return true;
  }
}
