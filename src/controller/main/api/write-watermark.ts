/**
 * The resource version up to which a watch of Services has seen all writes of this leader and those before it. A leader that
 * stops in order leaves it to its successor, which then need not list.
 */

import { compareResourceVersions } from '../../../kube/resource-version.ts';
import type { Service } from '../../../objects/service.ts';
import type { RequestOutcome } from '../../../runtime/ports.ts';
import type { ServiceApi } from '../../ports.ts';

export class WriteWatermark {
  #version = '';
  #isKnown = false;

  /** A term begins with these Services: all earlier writes are in their versions. */
  begin(services: Iterable<Service>): void {
    this.#version = '';
    this.#isKnown = true;
    for (const service of services) this.#advance(service);
  }

  /** '' where it is not known: before the first term, or after a write with an unknown outcome. */
  get resourceVersion(): string {
    return this.#isKnown ? this.#version : '';
  }

  /** The same API, whose writes are recorded. */
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
    // Services of other types are not watched: a successor would wait for them in vain.
    if (outcome.kind === 'done' && outcome.value.type === 'LoadBalancer') this.#advance(outcome.value);
  }

  #advance({ resourceVersion }: Service): void {
    if (compareResourceVersions(resourceVersion, this.#version) > 0) this.#version = resourceVersion;
  }
}
