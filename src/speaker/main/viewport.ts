/** The port on which a speaker says what it is: read-only, for everybody who reaches it, and without secrets. */
import { networkInterfaces } from 'node:os';
import { err, ok, type Result } from '../../base/result.ts';
import { serveDocuments } from '../../http/documents.ts';
import type { Listening } from '../../http/listen.ts';
import { parsePrefix } from '../../net/prefix.ts';
import type { Log } from '../../observe/log.ts';
import type { View } from '../view.ts';
import { VIEW_PATHS } from '../viewpaths.ts';
import type { RoutesView } from '../viewroutes.ts';
import type { Interface } from '../viewsight.ts';

/** The error is a whole sentence. `host` is null for all addresses. */
export function serveView(
  view: View,
  { port, host, log }: { readonly port: number; readonly host: string | null; readonly log: Log },
): Promise<Result<Listening, string>> {
  // Of a view that is kept for a moment, its text is too.
  const texts = new WeakMap<RoutesView, string>();
  const routesText = (routes: RoutesView): string => {
    const text = texts.get(routes) ?? JSON.stringify(routes);
    texts.set(routes, text);
    return text;
  };
  return serveDocuments({
    port,
    host,
    flag: '--view-port',
    onTrouble: (sentence, error) => log.warn(sentence, { error }),
    documents: {
      [VIEW_PATHS.peers]: () => ok(JSON.stringify(view.peers())),
      [VIEW_PATHS.routes]: (query) => ok(routesText(view.routes(query.get('peer') || null))),
      [VIEW_PATHS.services]: (query) => {
        const service = query.get('service') ?? '';
        return /^[^/]+\/[^/]+$/.test(service)
          ? ok(JSON.stringify(view.service(service)))
          : err('say which Service: ?service=NAMESPACE/NAME');
      },
    },
  });
}

/** As they are now: addresses come and go. */
export const interfacesOfNode = (): readonly Interface[] =>
  Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.flatMap(({ cidr }): readonly Interface[] => {
      const network = parsePrefix(cidr ?? '');
      return network.ok ? [{ name, network: network.value }] : [];
    }),
  );
