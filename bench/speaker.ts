/**
 * One node's speaker: how soon its routers know what the cluster says, what that costs, and that no peer waits for
 * another. Beside BIRD and GoBGP where they do the same.
 */
import { speakerBadPeers } from './scenes/speakerbadpeers.ts';
import { speakerBounce } from './scenes/speakerbounce.ts';
import { speakerChange } from './scenes/speakerchange.ts';
import { speakerEdit } from './scenes/speakeredit.ts';
import { speakerMemory } from './scenes/speakermemory.ts';
import { speakerReady } from './scenes/speakerready.ts';
import { speakerStart } from './scenes/speakerstart.ts';
import { speakerSwallow } from './scenes/speakerswallow.ts';
import { speakerTable } from './scenes/speakertable.ts';
import { speakerWhole } from './scenes/speakerwhole.ts';
import { bench, type Row } from './support/figures.ts';
import { inOwnNetwork } from './support/ownnetwork.ts';
import { startSpeakerBed } from './support/speakerbed.ts';

/** On one API server, whose Services become more from scene to scene. */
async function onOneBed(): Promise<readonly Row[]> {
  const bed = await startSpeakerBed();
  const rows = [...(await speakerSwallow(bed)), ...(await speakerBounce(bed))];
  const port = await bed.collector.open();
  await bed.peer('first', port);
  rows.push(
    ...(await speakerStart(bed, port)),
    ...(await speakerEdit(bed, port)),
    ...(await speakerBadPeers(bed, port)),
    ...(await speakerMemory(bed, port, { services: 5000, goal: 100 })),
    ...(await speakerMemory(bed, port, { services: 10_000, goal: 120 })),
    ...(await speakerReady(bed, port)),
    ...(await speakerWhole(bed)),
  );
  await bed.stop();
  return rows;
}

await inOwnNetwork();
await bench(30, async () => [...speakerChange(), ...(await speakerTable()), ...(await onOneBed())]);
