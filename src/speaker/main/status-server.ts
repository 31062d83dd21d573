/** Serves the status documents of a speaker: read-only, without authentication, and without secrets. */
import { networkInterfaces } from 'node:os';
import type { Clock, Millis } from '../../base/clock.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { serveDocuments } from '../../http-server/document-server.ts';
import type { ListeningServer } from '../../http-server/listen.ts';
import { FAMILY_BITS } from '../../net/address.ts';
import type { NetworkInterface } from '../../net/network-interface.ts';
import { parsePrefix } from '../../net/prefix.ts';
import type { Log } from '../../observe/log.ts';
import { STATUS_API_PATHS } from '../status-api/paths.ts';
import type { StatusApi } from '../status-api/status-api.ts';

/** The error is a sentence. */
export function serveStatusApi(
  statusApi: StatusApi,
  { port, host, log }: { readonly port: number; readonly host: string; readonly log: Log },
): Promise<Result<ListeningServer, string>> {
  return serveDocuments({
    port,
    host,
    flag: '--view-port',
    hostFlag: '--view-host',
    onError: (sentence, error) => log.warn(sentence, { error }),
    documents: {
      [STATUS_API_PATHS.peers]: () => ok([JSON.stringify(statusApi.peers())]),
      [STATUS_API_PATHS.routes]: (query) => ok(statusApi.routes(query.get('peer') || null)),
      [STATUS_API_PATHS.services]: (query) => {
        const service = query.get('service') ?? '';
        return /^[^/]+\/[^/]+$/.test(service)
          ? ok([JSON.stringify(statusApi.service(service))])
          : err('say which Service: ?service=NAMESPACE/NAME');
      },
    },
  });
}

/** How long the list of interfaces is kept: with kube-proxy in IPVS mode, an interface has the addresses of all Services. */
export const INTERFACES_MAX_AGE: Millis = 10_000;

/** The networks of the node's interfaces, without those of a single address; read at most once in `INTERFACES_MAX_AGE`. */
export function cachedNodeInterfaces(
  clock: Pick<Clock, 'now'>,
  read: () => readonly NetworkInterface[] = nodeInterfaces,
): () => readonly NetworkInterface[] {
  let current: { readonly interfaces: readonly NetworkInterface[]; readonly at: Millis } | null = null;
  return () => {
    if (current === null || clock.now() - current.at >= INTERFACES_MAX_AGE)
      current = { interfaces: read(), at: clock.now() };
    return current.interfaces;
  };
}

/** The current networks of the node's interfaces, without those of a single address. */
export const nodeInterfaces = (): readonly NetworkInterface[] =>
  Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.flatMap(({ cidr }): readonly NetworkInterface[] => {
      const network = parsePrefix(cidr ?? '');
      return network.ok && network.value.length < FAMILY_BITS[network.value.family]
        ? [{ name, network: network.value }]
        : [];
    }),
  );
