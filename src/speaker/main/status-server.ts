/** Serves the status documents of a speaker: read-only, without authentication, and without secrets. */
import { networkInterfaces } from 'node:os';
import { err, ok, type Result } from '../../base/result.ts';
import { serveDocuments } from '../../http-server/document-server.ts';
import type { ListeningServer } from '../../http-server/listen.ts';
import { parsePrefix } from '../../net/prefix.ts';
import type { Log } from '../../observe/log.ts';
import type { NetworkInterface } from '../status-api/context.ts';
import { STATUS_API_PATHS } from '../status-api/paths.ts';
import type { RoutesDocument } from '../status-api/routes-document.ts';
import type { StatusApi } from '../status-api/status-api.ts';

/** The error is a sentence. `host` is null for all addresses. */
export function serveStatusApi(
  statusApi: StatusApi,
  { port, host, log }: { readonly port: number; readonly host: string | null; readonly log: Log },
): Promise<Result<ListeningServer, string>> {
  // The document of routes is cached for a moment, and its text with it.
  const texts = new WeakMap<RoutesDocument, string>();
  const routesText = (routes: RoutesDocument): string => {
    const text = texts.get(routes) ?? JSON.stringify(routes);
    texts.set(routes, text);
    return text;
  };
  return serveDocuments({
    port,
    host,
    flag: '--view-port',
    onError: (sentence, error) => log.warn(sentence, { error }),
    documents: {
      [STATUS_API_PATHS.peers]: () => ok(JSON.stringify(statusApi.peers())),
      [STATUS_API_PATHS.routes]: (query) => ok(routesText(statusApi.routes(query.get('peer') || null))),
      [STATUS_API_PATHS.services]: (query) => {
        const service = query.get('service') ?? '';
        return /^[^/]+\/[^/]+$/.test(service)
          ? ok(JSON.stringify(statusApi.service(service)))
          : err('say which Service: ?service=NAMESPACE/NAME');
      },
    },
  });
}

/** The current addresses of the node's interfaces. */
export const nodeInterfaces = (): readonly NetworkInterface[] =>
  Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.flatMap(({ cidr }): readonly NetworkInterface[] => {
      const network = parsePrefix(cidr ?? '');
      return network.ok ? [{ name, network: network.value }] : [];
    }),
  );
