/**
 * Up to which resource version a watch of the Services must have come to have seen all that was written by this
 * leader and those before it. A leader that goes in order leaves it to its successor, who need not list then.
 */
import type { Service } from '../../cluster/service.ts';
import { compareVersions } from '../../kube/version.ts';
import type { Answer } from '../../program/ports.ts';
import type { ServiceApi } from '../ports.ts';

export class WrittenUpTo {
  #version = '';
  #isKnown = false;

  /** A term begins among these: whoever wrote to them before wrote no later than they say. */
  begin(services: Iterable<Service>): void {
    this.#version = '';
    this.#isKnown = true;
    for (const service of services) this.#reached(service);
  }

  /** '' where nothing can be said for sure: no term has begun, or a write of it may have been done or not. */
  get text(): string {
    return this.#isKnown ? this.#version : '';
  }

  /** The same API, listened to. */
  over(api: ServiceApi): ServiceApi {
    return {
      read: (key) => api.read(key),
      patch: async (key, body) => {
        const answer = await api.patch(key, body);
        this.#answered(answer);
        return answer;
      },
    };
  }

  #answered(answer: Answer<Service>): void {
    if (answer.kind === 'unknown' || (answer.kind === 'busy' && !answer.undone)) this.#isKnown = false;
    // Others are not in the watch, which would then be waited for in vain.
    if (answer.kind === 'done' && answer.value.type === 'LoadBalancer') this.#reached(answer.value);
  }

  #reached({ resourceVersion }: Service): void {
    if (compareVersions(resourceVersion, this.#version) > 0) this.#version = resourceVersion;
  }
}
