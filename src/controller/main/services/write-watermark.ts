/**
 * Up to which resource version a watch of the Services must have come to have seen all that was written by this
 * leader and those before it. A leader that goes in order leaves it to its successor, who need not list then.
 */

import { compareResourceVersions } from '../../../kube/resource-version.ts';
import type { Service } from '../../../objects/service.ts';
import type { RequestOutcome } from '../../../runtime/ports.ts';
import type { ServiceApi } from '../../ports.ts';

export class WriteWatermark {
  #version = '';
  #isKnown = false;

  /** A term begins among these: whoever wrote to them before wrote no later than they say. */
  begin(services: Iterable<Service>): void {
    this.#version = '';
    this.#isKnown = true;
    for (const service of services) this.#advance(service);
  }

  /** '' where nothing can be said for sure: no term has begun, or a write of it may have been done or not. */
  get resourceVersion(): string {
    return this.#isKnown ? this.#version : '';
  }

  /** The same API, listened to. */
  observe(api: ServiceApi): ServiceApi {
    return {
      read: (key) => api.read(key),
      patch: async (key, body) => {
        const outcome = await api.patch(key, body);
        this.#record(outcome);
        return outcome;
      },
    };
  }

  #record(outcome: RequestOutcome<Service>): void {
    if (outcome.kind === 'unknown' || (outcome.kind === 'busy' && !outcome.notApplied)) this.#isKnown = false;
    // Others are not in the watch, which would then be waited for in vain.
    if (outcome.kind === 'done' && outcome.value.type === 'LoadBalancer') this.#advance(outcome.value);
  }

  #advance({ resourceVersion }: Service): void {
    if (compareResourceVersions(resourceVersion, this.#version) > 0) this.#version = resourceVersion;
  }
}
