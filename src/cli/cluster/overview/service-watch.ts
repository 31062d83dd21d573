/** Watches the Services of type LoadBalancer for the overview. */

import { Reflector } from '../../../kube/informer/reflector.ts';
import { SERVICES } from '../../../kube/resource.ts';
import { decodeService, type Service, type ServiceKey } from '../../../objects/service.ts';
import type { KindReading } from '../../../overview/knowledge.ts';
import { type WatchContext, watchReading } from './kind-watch.ts';

export type ServiceWatchHandler = {
  readonly changed: (service: Service) => void;
  readonly removed: (key: ServiceKey) => void;
  readonly read: (reading: KindReading) => void;
};

/** `namespace` is null for all. `known` are the keys of the Services that were read before. */
export function watchServices(
  context: WatchContext,
  { namespace, known }: { readonly namespace: string | null; readonly known: Iterable<ServiceKey> },
  handler: ServiceWatchHandler,
): (signal: AbortSignal) => Promise<void> {
  const selection = { resource: SERVICES, ...(namespace === null ? {} : { namespace }) };
  const keys = new Set(known);
  let problem = '';
  const put = (service: Service): void => {
    keys.add(service.key);
    handler.changed(service);
  };
  const remove = (key: ServiceKey): void => {
    keys.delete(key);
    handler.removed(key);
  };
  const reflector = new Reflector<Service>({
    ...context,
    ...selection,
    fieldSelector: 'spec.type=LoadBalancer',
    fallback: { accepts: ({ type }) => type === 'LoadBalancer' },
    decode: decodeService,
    keyOf: ({ key }) => key,
    handler: {
      replaced: (services) => {
        const listed = new Set(services.map(({ key }) => key));
        for (const key of [...keys]) if (!listed.has(key)) remove(key);
        for (const service of services) put(service);
        handler.read(watchReading(selection, { problem: null }, keys.size));
      },
      changed: put,
      deleted: remove,
      stateChanged: (state) => {
        const next = JSON.stringify(state.problem);
        if (next === problem) return;
        problem = next;
        handler.read(watchReading(selection, state, keys.size));
      },
    },
  });
  return (signal) => reflector.run(signal);
}
