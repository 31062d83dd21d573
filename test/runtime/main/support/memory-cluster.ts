/** An API server in memory, and a client of it. */
import { type ApiServer, startApiServer } from '../../../../src/apiserver/server.ts';
import { anonymousConfig } from '../../../../src/kube/auth/rest-config.ts';
import { KubeClient } from '../../../../src/kube/http/client.ts';
import { systemClock } from '../../../../src/workqueue/system-clock.ts';

export type MemoryCluster = {
  readonly server: ApiServer;
  readonly client: KubeClient;
  readonly stop: () => Promise<void>;
};

export async function startMemoryCluster(): Promise<MemoryCluster> {
  const server = await startApiServer({ clock: systemClock });
  const config = anonymousConfig(server.url);
  const client = new KubeClient({ config, clock: systemClock, userAgent: 'test' });
  const stop = (): Promise<void> => {
    client.close();
    return server.stop();
  };
  return { server, client, stop };
}
