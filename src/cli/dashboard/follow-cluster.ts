/** Follows a live cluster for the pages: publishes what it says, and answers questions from what the watches hold. */
import type { Overview } from '../../overview/overview.ts';
import { ClusterReading } from '../cluster/cluster-reading.ts';
import type { OpenedSource } from '../cluster/open-source.ts';
import { FollowedCluster } from '../cluster/overview/followed-cluster.ts';
import { type FeedOptions, OverviewFeed } from '../cluster/overview/overview-feed.ts';
import type { DefaultNamespaces } from '../cluster/resource-ref.ts';
import { type LiveOptions, publishLive } from './live.ts';

export type FollowClusterOptions = Omit<FeedOptions, 'changed' | 'random'> &
  Pick<LiveOptions, 'publisher' | 'tell'> & {
    readonly defaultNamespaces: DefaultNamespaces;
  };

export type FollowedSource = {
  /** For one answer. */
  readonly open: () => OpenedSource;
  /** What the watches hold; null until everything was read once, or failed to be. */
  readonly held: () => Overview | null;
  /** Resolves when `signal` is aborted and all watches are closed. */
  readonly ended: Promise<void>;
};

export function followCluster(options: FollowClusterOptions, signal: AbortSignal): FollowedSource {
  let feed: OverviewFeed | null = null;
  const held = () => feed?.overview ?? null;
  const ended = publishLive(
    {
      ...options,
      feed: (changed) => {
        feed = new OverviewFeed({ ...options, random: Math.random, changed });
        return feed;
      },
    },
    signal,
  );
  const { client: sender, source: description, defaultNamespaces } = options;
  const open = (): OpenedSource => {
    const { pools: namespace } = defaultNamespaces;
    // The page shows that it waits.
    const reading = new ClusterReading({ sender, description, namespace, progress: () => {} });
    return {
      source: new FollowedCluster({ reading, defaultNamespaces, overview: held }),
      ...{ defaultNamespaces, reading },
    };
  };
  return { open, held, ended };
}
