/** A router that stands still with open connections. What the kernels on the way hold back for it is kept small. */
import { ROUTER } from '../../../../support/cluster/network.ts';
import { peer } from '../berth-cluster.ts';
import type { FaultStage } from '../fault-stage.ts';
import { namespaced } from './objects.ts';

/** The router proposes less, and by that time the alert fires. */
const HOLD_TIME = '600s';
/** Nearly as many as fit into one UPDATE message. */
const COMMUNITIES = 300;
/** Each makes such a message. */
const EDITS = 30;

/** Octets that the kernel keeps for a connection: at least, at first, at most. */
type Buffers = { readonly received: string; readonly sent: string };
const NARROW: Buffers = { received: '4096 4096 4096', sent: '4096 4096 4096' };
const WIDE: Buffers = { received: '4096 131072 6291456', sent: '4096 16384 4194304' };

const advertise = ({ cluster }: FaultStage, communities: readonly string[]): Promise<string> =>
  cluster.apply(namespaced('BGPAdvertisement', 'main', { ipAddressPools: ['far'], communities }));

/** New sessions have these buffers. */
async function restart(stage: FaultStage, { received, sent }: Buffers, holdTime: string): Promise<void> {
  const { cluster, routers } = stage;
  await routers.byHoldTime.end();
  cluster.network.router.setSysctls({ 'ipv4/tcp_rmem': received });
  for (const { host } of cluster.nodes) host.setSysctls({ 'ipv4/tcp_wmem': sent });
  await cluster.apply(peer('hold-time', ROUTER.ipv4, { holdTime }));
  routers.byHoldTime.start();
  await stage.isWhole();
}

export const slowRouter = {
  async make(stage: FaultStage): Promise<void> {
    await restart(stage, NARROW, HOLD_TIME);
    stage.routers.byHoldTime.signal('SIGSTOP');
    for (let edit = 0; edit < EDITS; edit++)
      await advertise(
        stage,
        Array.from({ length: COMMUNITIES }, (_, index) => `large:65001:${edit}:${index}`),
      );
  },
  async undo(stage: FaultStage): Promise<void> {
    stage.routers.byHoldTime.signal('SIGCONT');
    await advertise(stage, []);
    await restart(stage, WIDE, '9s');
  },
};
