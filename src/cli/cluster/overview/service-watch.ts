/** Watches the Services of type LoadBalancer for the overview. Where they cannot be watched, they are listed now and then. */
import { Reflector } from '../../../kube/informer/reflector.ts';
import { SERVICES } from '../../../kube/resource.ts';
import { decodeService, type Service, type ServiceKey } from '../../../objects/service.ts';
import { isRead, type KindReading } from '../../../overview/knowledge.ts';
import type { ClusterReading } from '../cluster-reading.ts';
import { FailureProbe } from './failure-probe.ts';
import type { WatchContext } from './kind-watch.ts';
import { listServices } from './list-services.ts';
import { readReading, unansweredReading } from './read-kind.ts';

export type ServiceWatchOptions = {
  /** Null for all. */
  readonly namespace: string | null;
  /** Keys of the Services that were read before. */
  readonly known: Iterable<ServiceKey>;
  /** For a list in place of the watch. */
  readonly newReading: () => ClusterReading;
};

export type ServiceWatchHandler = {
  readonly changed: (service: Service) => void;
  readonly removed: (key: ServiceKey) => void;
  readonly read: (reading: KindReading) => void;
};

export function watchServices(
  context: WatchContext,
  { namespace, known, newReading }: ServiceWatchOptions,
  handler: ServiceWatchHandler,
): (signal: AbortSignal) => Promise<void> {
  const selection = { resource: SERVICES, ...(namespace === null ? {} : { namespace }) };
  const keys = new Set(known);
  const put = (service: Service): void => {
    keys.add(service.key);
    handler.changed(service);
  };
  const remove = (key: ServiceKey): void => {
    keys.delete(key);
    handler.removed(key);
  };
  const replace = (services: readonly Service[]): void => {
    const listed = new Set(services.map(({ key }) => key));
    for (const key of [...keys]) if (!listed.has(key)) remove(key);
    for (const service of services) put(service);
  };
  const probe = new FailureProbe(context.clock, {
    list: async (isCurrent) => {
      const { services, reading } = await listServices(newReading(), namespace);
      if (!isCurrent()) return;
      if (isRead(reading)) replace(services);
      handler.read(reading);
    },
    unanswered: (because) => handler.read(unansweredReading(selection, because)),
  });
  const reflector = new Reflector<Service>({
    ...context,
    ...selection,
    fieldSelector: 'spec.type=LoadBalancer',
    fallback: { accepts: ({ type }) => type === 'LoadBalancer' },
    decode: decodeService,
    keyOf: ({ key }) => key,
    handler: {
      replaced: (services) => {
        replace(services);
        handler.read(readReading(selection, keys.size));
      },
      changed: put,
      deleted: remove,
      stateChanged: (state) => probe.update(state),
    },
  });
  return async (signal) => {
    await reflector.run(signal);
    probe.stop();
  };
}
