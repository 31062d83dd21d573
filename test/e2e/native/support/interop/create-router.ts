/** Creates the router for a daemon. */
import type { NetworkNamespace } from '../../../../support/netns/network.ts';
import { BirdRouter } from './bird-router.ts';
import type { Daemon } from './daemons.ts';
import { FrrRouter } from './frr-router.ts';
import { GobgpRouter } from './gobgp-router.ts';
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
