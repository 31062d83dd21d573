/** The router that runs a daemon. */
import type { NetworkNamespace } from '../../../support/netns/net.ts';
import { BirdRouter } from './birdrouter.ts';
import type { Daemon } from './daemons.ts';
import { FrrRouter } from './frrrouter.ts';
import { GobgpRouter } from './gobgprouter.ts';
import type { InteropRouter } from './router.ts';

/** Nothing runs yet. */
export function createRouter(daemon: Daemon, space: NetworkNamespace): InteropRouter {
  switch (daemon) {
    case 'BIRD 2':
      return new BirdRouter(space, 2);
    case 'BIRD 1.6.8':
      return new BirdRouter(space, 1);
    case 'FRR':
      return new FrrRouter(space);
    case 'GoBGP':
      return new GobgpRouter(space);
  }
}
