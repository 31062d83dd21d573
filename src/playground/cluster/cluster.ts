/**
 * This file starts the playground's cluster: an API server in memory, and the real controller as its client over HTTP.
 */

import { type ApiServer, startApiServer } from '../../apiserver/server.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { listenErrorText } from '../../base/system-error.ts';
import type { CalicoMode } from '../../controller/main/announced/calico/detector.ts';
import { Controller } from '../../controller/main/controller.ts';
import { anonymousConfig } from '../../kube/auth/rest-config.ts';
import { LEASE_TIMING } from '../../kube/election/lease-timing.ts';
import { EventRecorder } from '../../kube/event-recorder.ts';
import { KubeClient } from '../../kube/http/client.ts';
import { CALICO_GROUPS } from '../../objects/api-group.ts';
import type { Log } from '../../observe/log.ts';
import { Metrics } from '../../observe/metrics.ts';
import { API_REQUEST_TIMEOUT } from '../../runtime/main/adapters.ts';
import { systemClock } from '../../workqueue/system-clock.ts';

/** The holder identity of this process in the Lease, and the instance in its events. */
const IDENTITY = 'playground';

export type PlaygroundCluster = {
  /** `http://127.0.0.1:34567` */
  readonly url: string;
  /** The client of the playground itself, which applies manifests and watches Services. */
  readonly client: KubeClient;
  /** Of the controller, the speakers and the objects of metallb.io. */
  readonly namespace: string;
  /** The log of the controller and the speakers. */
  readonly log: Log;
  /** A client for one more component; the caller closes it. */
  clientFor(userAgentName: string): KubeClient;
  /**
   * Runs the controller with this value of `--calico`. Resolves after `signal` was aborted and the controller has shut
   * down. Rejects on an internal error.
   */
  runController(calico: CalicoMode, signal: AbortSignal): Promise<void>;
  /** Closes the API server and frees its port. */
  stop(): Promise<void>;
};

export type PlaygroundClusterOptions = {
  /** Port of the API server; 0 takes any free port. */
  readonly port: number;
  /** Of the controller, the speakers and the objects of metallb.io. */
  readonly namespace: string;
  readonly version: string;
  /** The log of the controller and the speakers. */
  readonly log: Log;
};

/** Starts the API server. The error is a sentence for people. */
export async function startPlaygroundCluster(
  options: PlaygroundClusterOptions,
): Promise<Result<PlaygroundCluster, string>> {
  const { port, namespace, version, log } = options;
  let server: ApiServer;
  try {
    server = await startApiServer({
      clock: systemClock,
      port,
      groupAliases: CALICO_ALIASES,
      namespaces: ['default', 'kube-node-lease', 'kube-public', 'kube-system', namespace],
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
    namespace,
    log,
    clientFor,
    runController: async (calico, signal) => {
      const controllerClient = clientFor('controller');
      try {
        await createController(controllerClient, { namespace, version, log, calico }).run(signal);
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
    namespace,
    version,
    log,
    calico,
  }: Pick<PlaygroundClusterOptions, 'namespace' | 'version' | 'log'> & { readonly calico: CalicoMode },
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
      namespace,
      identity: IDENTITY,
      // With leader election, a second controller that uses this API is a standby, as in any cluster.
      election: LEASE_TIMING,
      calico,
      native: 'auto',
      legacyConfig: null,
      speakerSecret: '',
      allocator: {
        poolNamespace: namespace,
        lbClass: null,
        foreignAddresses: 'keep',
        unmetRequests: 'keep',
        ipMode: null,
        poolGrace: POOL_GRACE,
      },
    },
  );
}

/** Calico's objects have two names in a cluster with its API server, and so they do here. */
const [CALICO_API, CALICO_CRDS] = CALICO_GROUPS;
const CALICO_ALIASES = [{ of: CALICO_API.group, ...CALICO_CRDS }];

/** The default of the controller's flag; milliseconds. */
const POOL_GRACE = 60_000;
