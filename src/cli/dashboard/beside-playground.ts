/** The dashboard of a playground, in the playground's own process. */
import { err, ok, type Result } from '../../base/result.ts';
import { findRestConfig } from '../../kube/auth/find-rest-config.ts';
import { KubeClient } from '../../kube/http/client.ts';
import { DEFAULT_NAMESPACE } from '../../runtime/flags.ts';
import { systemClock } from '../../workqueue/system-clock.ts';
import { DASHBOARD_COMMAND } from './command.ts';
import { commandStartOf } from './command-start.ts';
import { followCluster } from './follow-cluster.ts';
import { LOOPBACK_PLACE } from './listen-place.ts';
import { type OpenPages, openPages } from './pages.ts';
import { Publisher } from './publisher.ts';
import { questionsAbout } from './questions.ts';

export type PlaygroundDashboardOptions = {
  readonly kubeconfig: string;
  /** The folder of the built pages. */
  readonly files: URL;
  readonly version: string;
  /** How a shell starts this program. */
  readonly invocation: string;
  /** Shows a sentence on the terminal. */
  readonly tell: (sentence: string) => void;
};

const SOURCE = 'the playground';

/** As the playground's controller runs. */
const FLAGS = {
  ...{ namespace: '', 'all-namespaces': true, 'pool-namespace': DEFAULT_NAMESPACE, 'lb-class': '' },
  ...{ 'foreign-addresses': 'keep', 'unmet-requests': 'keep', calico: 'auto' },
};

/** Follows the cluster until it is closed. The error is a sentence. */
export async function openPlaygroundDashboard({
  kubeconfig,
  files,
  version,
  invocation,
  tell,
}: PlaygroundDashboardOptions): Promise<Result<OpenPages, string>> {
  const clock = systemClock;
  const config = await findRestConfig({ kubeconfig, context: '', environment: {}, home: '', clock });
  if (!config.ok) return config;
  const publisher = new Publisher({
    origin: 'cluster',
    commands: commandStartOf({
      ...{ program: invocation, folder: process.cwd(), table: DASHBOARD_COMMAND.flags },
      flags: { ...FLAGS, kubeconfig, context: '', file: [], recursive: false },
    }),
  });
  const client = new KubeClient({ config: config.value, clock, userAgent: `berth/${version} (playground)` });
  const defaultNamespaces = { services: config.value.namespace ?? 'default', pools: DEFAULT_NAMESPACE };
  const stop = new AbortController();
  const followed = followCluster(
    {
      ...{ sender: client, client, source: SOURCE, flags: FLAGS, contextNamespace: null, clock },
      ...{ publisher, tell, defaultNamespaces, progress: () => {} },
    },
    stop.signal,
  );
  const end = async (): Promise<void> => {
    stop.abort();
    client.close();
    await followed.ended;
  };
  const pages = await openPages({
    ...{ port: 0, place: LOOPBACK_PLACE, files, publisher, tell },
    ...questionsAbout({ open: followed.open, held: followed.held, options: FLAGS, clock }),
  });
  if (!pages.ok) {
    await end();
    return err(pages.error);
  }
  const { url, close } = pages.value;
  return ok({
    url,
    async close() {
      await close();
      await end();
    },
  });
}
