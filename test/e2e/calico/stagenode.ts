/** A node of the stage, and its daemons. */
import type { Bird } from '../../support/netns/bird.ts';
import type { Namespace } from '../../support/netns/net.ts';
import type { Family } from './bird1/world.ts';
import type { Rendered } from './bird1.ts';

/** One daemon of a node. Where nothing of its family is at stake its file is only checked. */
export type Daemon = {
  readonly family: Family;
  readonly bird: Bird;
  rendered: Rendered | null;
  complaint: string | null;
  started: boolean;
};

export type StageNode = {
  readonly name: string;
  readonly space: Namespace;
  readonly daemons: readonly Daemon[];
};
