/**
 * Beside Calico in a large cluster: the model's answers and what they cost, the thread that works them out, heartbeats,
 * the doctor, and the controller with its eyes open for Calico against the controller without.
 */
import { calicoFullModel } from './scenes/calicoanswer.ts';
import { calicoBulk } from './scenes/calicobulk.ts';
import { calicoDoctor } from './scenes/calicodoctor.ts';
import { calicoHeartbeats } from './scenes/calicoheartbeats.ts';
import { calicoMemory } from './scenes/calicomemory.ts';
import { calicoEventLoopDelay } from './scenes/calicoturn.ts';
import { bench } from './support/figures.ts';

await bench(40, async () => [
  ...(await calicoFullModel()),
  ...(await calicoEventLoopDelay()),
  ...calicoHeartbeats(),
  ...(await calicoDoctor()),
  ...(await calicoMemory()),
  ...(await calicoBulk()),
]);
