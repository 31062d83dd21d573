/** Counts the watches of a client, by what they watch. */
import type { ApiSender } from '../../src/kube/http/api-request.ts';
import type { ApiStreamer } from '../../src/kube/http/stream.ts';

export type WatchCounter = {
  /** The same client, whose watches are counted. */
  readonly client: ApiSender & ApiStreamer;
  /** What is watched now, once for each watch: plurals, with the group where there is one. */
  open(): readonly string[];
  /** How many watches of this there have been. */
  opened(resource: string): number;
};

export function watchCounter(client: ApiSender & ApiStreamer): WatchCounter {
  const open = new Set<{ readonly resource: string }>();
  const opened = new Map<string, number>();
  return {
    open: () => [...open].map(({ resource }) => resource).sort(),
    opened: (resource) => opened.get(resource) ?? 0,
    client: {
      send: (request) => client.send(request),
      stream: (request, sink) => {
        const watch = { resource: resourceOf(request.path) };
        open.add(watch);
        opened.set(watch.resource, (opened.get(watch.resource) ?? 0) + 1);
        const hangUp = client.stream(request, {
          ...{ opened: () => sink.opened(), bytes: (chunk) => sink.bytes(chunk) },
          ended: (end) => {
            open.delete(watch);
            sink.ended(end);
          },
        });
        return () => {
          open.delete(watch);
          hangUp();
        };
      },
    },
  };
}

/** `ipaddresspools.metallb.io` of `/apis/metallb.io/v1beta1/namespaces/x/ipaddresspools?watch=true…`. */
function resourceOf(path: string): string {
  const [, root, ...rest] = path.replace(/\?.*/, '').split('/');
  const group = root === 'apis' ? `.${rest[0]}` : '';
  return `${rest.at(-1)}${group}`;
}
