/** Keeps this controller from serving while MetalLB's controller runs: two allocators would assign one address twice. */
import type { Log } from '../../observe/log.ts';
import type { ControllerEvent } from '../ports.ts';
import {
  type Deployment,
  findMetalLBController,
  STANDING_DOWN,
  standDownEvent,
} from './metallb-controller.ts';

export type MetalLBGuardOptions = {
  readonly namespace: string;
  readonly log: Log;
  readonly deployments: { readonly store: { values(): Iterable<Deployment> } };
  readonly events: (note: ControllerEvent) => void;
};

export class MetalLBGuard {
  readonly #options: MetalLBGuardOptions;
  #isStandingDown = false;

  constructor(options: MetalLBGuardOptions) {
    this.#options = options;
  }

  /** Before a term begins to serve: whether it must not. */
  blocksStart(): boolean {
    return this.#update(this.#find());
  }

  /** The Deployment has changed: whether to stop or to start serving; null where nothing changes. */
  changed(isServing: boolean): 'end' | 'begin' | null {
    const deployment = this.#find();
    if (deployment === null ? !this.#isStandingDown : !isServing) return null;
    return this.#update(deployment) ? 'end' : 'begin';
  }

  reset(): void {
    this.#isStandingDown = false;
  }

  #find(): Deployment | null {
    const isStandingDown = this.#isStandingDown;
    return findMetalLBController(this.#options.deployments.store.values(), { isStandingDown });
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
