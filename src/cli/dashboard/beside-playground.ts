/** The dashboard of a playground, in the playground's own process. */
import { err, ok, type Result } from '../../base/result.ts';
import { findRestConfig } from '../../kube/auth/find-rest-config.ts';
import { KubeClient } from '../../kube/http/client.ts';
import { DEFAULT_NAMESPACE } from '../../runtime/flags.ts';
import { systemClock } from '../../workqueue/system-clock.ts';
import { openLiveSource } from '../cluster/open-source.ts';
import { OverviewFeed } from '../cluster/overview/overview-feed.ts';
import { LOOPBACK_PLACE } from './listen-place.ts';
import { publishLive } from './live.ts';
import { type OpenPages, openPages } from './pages.ts';
import { Publisher } from './publisher.ts';
import { questionsAbout } from './questions.ts';

export type PlaygroundDashboardOptions = {
  readonly kubeconfig: string;
  /** The folder of the built pages. */
  readonly files: URL;
  readonly version: string;
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
  tell,
}: PlaygroundDashboardOptions): Promise<Result<OpenPages, string>> {
  const clock = systemClock;
  const config = await findRestConfig({ kubeconfig, context: '', environment: {}, home: '', clock });
  if (!config.ok) return config;
  const publisher = new Publisher();
  const client = new KubeClient({ config: config.value, clock, userAgent: `berth/${version} (playground)` });
  const defaultNamespaces = { services: config.value.namespace ?? 'default', pools: DEFAULT_NAMESPACE };
  const connection = { sender: client, description: SOURCE, progress: () => {} };
  const pages = await openPages({
    ...{ port: 0, place: LOOPBACK_PLACE, files, publisher, tell },
    questions: questionsAbout({
      open: () => openLiveSource(connection, defaultNamespaces),
      ...{ options: FLAGS, clock },
    }),
  });
  if (!pages.ok) {
    client.close();
    return err(pages.error);
  }
  const stop = new AbortController();
  const options = {
    sender: client,
    client,
    source: SOURCE,
    flags: FLAGS,
    contextNamespace: null,
    clock,
  };
  const following = publishLive(
    {
      ...{ clock, publisher, tell },
      feed: (changed) => new OverviewFeed({ ...options, random: Math.random, progress: () => {}, changed }),
    },
    stop.signal,
  );
  return ok({
    url: pages.value.url,
    async close() {
      stop.abort();
      client.close();
      await pages.value.close();
      await following;
    },
  });
}
