/**
 * Benchmarks of one node's speaker: the time until routers have its routes, CPU time and memory, and the independence of
 * peers. Compared to BIRD and GoBGP where they do the same.
 */

import { speakerAdvertisementEdit } from './scenarios/speaker/advertisement-edit.ts';
import { speakerBadPeers } from './scenarios/speaker/bad-peers.ts';
import { speakerEndToEnd } from './scenarios/speaker/end-to-end.ts';
import { speakerEndpointChange } from './scenarios/speaker/endpoint-change.ts';
import { speakerEndpointReady } from './scenarios/speaker/endpoint-ready.ts';
import { speakerFullTable } from './scenarios/speaker/full-table.ts';
import { speakerInboundRoutes } from './scenarios/speaker/inbound-routes.ts';
import { speakerMemory } from './scenarios/speaker/memory.ts';
import { speakerSessionReset } from './scenarios/speaker/session-reset.ts';
import { speakerStartup } from './scenarios/speaker/startup.ts';
import { bench, type Row } from './support/figures.ts';
import { reexecInNetworkNamespace } from './support/speaker/network-namespace.ts';
import { startSpeakerTestBed } from './support/speaker/test-bed.ts';

/** Scenarios on one API server, whose number of Services grows. */
async function onOneTestBed(): Promise<readonly Row[]> {
  const testBed = await startSpeakerTestBed();
  const rows = [...(await speakerInboundRoutes(testBed)), ...(await speakerSessionReset(testBed))];
  const port = await testBed.collector.open();
  await testBed.peer('first', port);
  rows.push(
    ...(await speakerStartup(testBed, port)),
    ...(await speakerAdvertisementEdit(testBed, port)),
    ...(await speakerBadPeers(testBed, port)),
    ...(await speakerMemory(testBed, port, { services: 5000, goal: 100 })),
    ...(await speakerMemory(testBed, port, { services: 10_000, goal: 120 })),
    ...(await speakerEndpointReady(testBed, port)),
    ...(await speakerEndToEnd(testBed)),
  );
  await testBed.stop();
  return rows;
}

await reexecInNetworkNamespace();
await bench(30, async () => [
  ...speakerEndpointChange(),
  ...(await speakerFullTable()),
  ...(await onOneTestBed()),
]);
