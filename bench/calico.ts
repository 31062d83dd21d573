/**
 * Benchmarks with Calico in a large cluster: the model, its thread, heartbeats of nodes, `berth doctor`, and the controller
 * with `--calico=auto` compared to `--calico=off`.
 */

import { calicoBulk } from './scenarios/calico/bulk-assignment.ts';
import { calicoDoctor } from './scenarios/calico/doctor.ts';
import { calicoEventLoopDelay } from './scenarios/calico/event-loop-delay.ts';
import { calicoFullModel } from './scenarios/calico/full-model.ts';
import { calicoMemory } from './scenarios/calico/memory.ts';
import { calicoHeartbeats } from './scenarios/calico/node-heartbeats.ts';
import { bench } from './support/figures.ts';

await bench(40, async () => [
  ...(await calicoFullModel()),
  ...(await calicoEventLoopDelay()),
  ...calicoHeartbeats(),
  ...(await calicoDoctor()),
  ...(await calicoMemory()),
  ...(await calicoBulk()),
]);
