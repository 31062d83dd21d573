/** A node of the testbed, and its daemons. */
import type { Bird } from '../../../support/netns/bird.ts';
import type { NetworkNamespace } from '../../../support/netns/network.ts';
import type { Family } from './bird1/objects.ts';
import type { RenderedBird } from './bird1/render.ts';

/** One daemon of a node. Where its family has no session, its file is only checked. */
export type BirdDaemon = {
  readonly family: Family;
  readonly bird: Bird;
  rendered: RenderedBird | null;
  configError: string | null;
  started: boolean;
};

export type TestbedNode = {
  readonly name: string;
  readonly namespace: NetworkNamespace;
  readonly daemons: readonly BirdDaemon[];
};
