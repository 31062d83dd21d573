/** The whole cluster: an API server in memory and the real controller, which talk over a real connection. */

import { type ApiServer, startApiServer } from '../../apiserver/server.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { listenErrorText } from '../../base/system-error.ts';
import type { CalicoMode } from '../../controller/main/announced/calico/detector.ts';
import { Controller } from '../../controller/main/controller.ts';
import { anonymousConfig } from '../../kube/auth/rest-config.ts';
import { LEASE_TIMING } from '../../kube/election/lease-timing.ts';
import { EventRecorder } from '../../kube/event-recorder.ts';
import { KubeClient } from '../../kube/http/client.ts';
import type { Log } from '../../observe/log.ts';
import { Metrics } from '../../observe/metrics.ts';
import { DEFAULT_NAMESPACE } from '../../runtime/flags.ts';
import { API_REQUEST_TIMEOUT } from '../../runtime/main/adapters.ts';
import { systemClock } from '../../workqueue/system-clock.ts';

/** Of this process, as the holder of the lease. */
const IDENTITY = 'playground';

export type PlaygroundCluster = {
  /** `http://127.0.0.1:34567` */
  readonly url: string;
  /** For whoever applies and watches, as kubectl would. */
  readonly client: KubeClient;
  /** The programs'. */
  readonly log: Log;
  /** For one more program, which closes it. */
  clientFor(userAgentName: string): KubeClient;
  /**
   * Runs the controller, with this for `--calico`, until `signal` is aborted and it has let go of everything. Rejects
   * where it broke: that is a fault of ours.
   */
  runController(calico: CalicoMode, signal: AbortSignal): Promise<void>;
  /** Frees the port. */
  stop(): Promise<void>;
};

export type PlaygroundClusterOptions = {
  /** 0: any free port. */
  readonly port: number;
  readonly version: string;
  /** The programs'. */
  readonly log: Log;
};

/** The error is a sentence. */
export async function startPlaygroundCluster(
  options: PlaygroundClusterOptions,
): Promise<Result<PlaygroundCluster, string>> {
  const { port, version, log } = options;
  let server: ApiServer;
  try {
    server = await startApiServer({
      clock: systemClock,
      port,
      namespaces: ['default', 'kube-node-lease', 'kube-public', 'kube-system', DEFAULT_NAMESPACE],
    });
  } catch (error) {
    return err(
      listenErrorText(
        error as NodeJS.ErrnoException,
        { port, host: '127.0.0.1' },
        {
          inUse: 'choose another --port, or omit it for a free one',
          denied: 'choose a --port above 1023',
        },
      ),
    );
  }
  const config = anonymousConfig(server.url, `${server.url}, the playground`);
  const clientFor = (userAgentName: string): KubeClient =>
    new KubeClient({ config, clock: systemClock, userAgent: `berth/${version} (${userAgentName})` });
  const client = clientFor('playground');
  return ok({
    url: server.url,
    client,
    log,
    clientFor,
    runController: async (calico, signal) => {
      const controllerClient = clientFor('controller');
      try {
        await createController(controllerClient, { version, log, calico }).run(signal);
      } finally {
        controllerClient.close();
      }
    },
    stop: async () => {
      client.close();
      await server.stop();
    },
  });
}

function createController(
  client: KubeClient,
  {
    version,
    log,
    calico,
  }: Pick<PlaygroundClusterOptions, 'version' | 'log'> & { readonly calico: CalicoMode },
): Controller {
  const poster = new EventRecorder({
    client,
    clock: systemClock,
    random: Math.random,
    component: 'metallb-controller',
    instance: IDENTITY,
    timeout: API_REQUEST_TIMEOUT,
  });
  return new Controller(
    { client, clock: systemClock, random: Math.random, log, metrics: new Metrics(version), poster },
    {
      namespace: DEFAULT_NAMESPACE,
      identity: IDENTITY,
      // A second controller, pointed at the playground, then stands by as it would anywhere.
      election: LEASE_TIMING,
      calico,
      native: 'auto',
      legacyConfig: null,
      allocator: { lbClass: null, foreignAddresses: 'keep', ipMode: null, poolGrace: POOL_GRACE },
    },
  );
}

/** As the controller's own default. */
const POOL_GRACE = 60_000;
