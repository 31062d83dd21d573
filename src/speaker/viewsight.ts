/** What a view of a speaker looks at. */
import type { NodePicture } from '../announce/picture.ts';
import type { Clock } from '../base/clock.ts';
import type { Prefix } from '../net/prefix.ts';
import type { Speaker } from './speaker.ts';
import type { History } from './viewhistory.ts';

export type Sight = {
  readonly node: string;
  readonly clock: Clock;
  readonly speaker: Pick<Speaker, 'neighbours' | 'phase'>;
  readonly picture: Pick<NodePicture, 'settings' | 'told' | 'routesOf'>;
  readonly history: Pick<History, 'of'>;
  /** What is missing before it speaks. */
  readonly notReady: () => string | null;
  /** The networks that this node is in. */
  readonly interfaces: () => readonly Interface[];
};

export type Interface = { readonly name: string; readonly network: Prefix };
