/**
 * One node's speaker: how soon its routers know what the cluster says, what that costs, and that no peer waits for
 * another. Beside BIRD and GoBGP where they do the same.
 */
import { speakerBadPeers } from './scenes/speakerbadpeers.ts';
import { speakerSessionReset } from './scenes/speakerbounce.ts';
import { speakerEndpointChange } from './scenes/speakerchange.ts';
import { speakerAdvertisementEdit } from './scenes/speakeredit.ts';
import { speakerMemory } from './scenes/speakermemory.ts';
import { speakerEndpointReady } from './scenes/speakerready.ts';
import { speakerStartup } from './scenes/speakerstart.ts';
import { speakerInboundRoutes } from './scenes/speakerswallow.ts';
import { speakerFullTable } from './scenes/speakertable.ts';
import { speakerEndToEnd } from './scenes/speakerwhole.ts';
import { bench, type Row } from './support/figures.ts';
import { reexecInNetworkNamespace } from './support/ownnetwork.ts';
import { startSpeakerTestBed } from './support/speakerbed.ts';

/** On one API server, whose Services become more from scene to scene. */
async function onOneBed(): Promise<readonly Row[]> {
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
  ...(await onOneBed()),
]);
