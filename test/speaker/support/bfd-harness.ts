/** A speaker with one router, whose peer has a BFDProfile. */
import type { Raw } from '../../../src/base/json.ts';
import { peer, serviceWithEndpoint } from '../../announce/support/cluster.ts';
import { routerOpen } from './fake-router.ts';
import { R1, SpeakerHarness, smallCluster } from './speaker-harness.ts';
import { network } from './status-api.ts';

export const profile = (name: string, spec: Raw = {}): Raw => ({
  apiVersion: 'metallb.io/v1beta1',
  kind: 'BFDProfile',
  metadata: { name, namespace: 'metallb-system' },
  spec,
});

type Setup = { readonly spec?: Raw; readonly notification?: boolean; readonly restart?: boolean };

/** One router with BFD, and one Service that it was told. */
export async function bfdHarness({ spec = {}, notification = false, restart = false }: Setup = {}) {
  const harness = new SpeakerHarness([
    ...smallCluster(
      peer('r1', { peerAddress: R1, bfdProfile: 'fast', enableGracefulRestart: restart, ...spec }),
      profile('fast'),
    ),
    ...serviceWithEndpoint('a', '10.20.1.1'),
  ]);
  harness.networks = [network('eth0', '10.213.0.0/24')];
  harness.router(R1).open = routerOpen({ restart, notification });
  await harness.start();
  harness.router(R1).takeEvents();
  return harness;
}
