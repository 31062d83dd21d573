/** What the documents of the status API are built from. */
import type { NodeModel } from '../../announce/model/node-model.ts';
import type { Clock } from '../../base/clock.ts';
import type { NetworkInterface } from '../../net/network-interface.ts';
import type { SessionHistory } from '../session-history.ts';
import type { Speaker } from '../speaker.ts';

export type StatusApiContext = {
  readonly node: string;
  readonly clock: Clock;
  readonly speaker: Pick<Speaker, 'neighbours' | 'phase' | 'bfd'>;
  readonly model: Pick<NodeModel, 'nodeConfig' | 'serviceKeys' | 'statusOf' | 'routesOf' | 'countRoutes'>;
  readonly history: Pick<SessionHistory, 'of'>;
  /** Why the speaker does not announce yet, or null. */
  readonly notReady: () => string | null;
  /** Networks attached to this node. */
  readonly interfaces: () => readonly NetworkInterface[];
};
