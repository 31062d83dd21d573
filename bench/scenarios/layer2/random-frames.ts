/** Random frames: nothing may throw, and memory stays flat. Nothing is sent. */
import { answer } from '../../../src/layer2/packets/answer.ts';
import {
  advertisement,
  arp,
  macBytes,
  solicitation,
  US,
} from '../../../test/layer2/packets/support/frames.ts';
import { STANDINGS } from '../../../test/layer2/packets/support/verdict-rows.ts';
import { seeded } from '../../../test/support/random.ts';
import { note, type Row } from '../../support/figures.ts';

const FRAMES = 10_000_000;
const GROWTH_MAX = 2;
const MEBIBYTE = 1024 ** 2;

const collect = (): void => globalThis.gc?.();

function heapMebibytes(): number {
  collect();
  return process.memoryUsage().heapUsed / MEBIBYTE;
}

export function layer2RandomFrames(): readonly Row[] {
  const random = seeded(20);
  const mac = Uint8Array.from(macBytes(US));
  const seedFrames = [
    arp(),
    arp({ sender: '192.0.2.10' }),
    solicitation(),
    solicitation({ source: '::', options: [] }),
    advertisement(),
  ];
  let [thrown, answered] = [0, 0];
  const frame = new Uint8Array(128);
  const decide = (count: number): void => {
    for (let done = 0; done < count; done++) {
      const valid = seedFrames[done % seedFrames.length] ?? frame;
      frame.set(valid);
      for (let changes = random.below(4); changes > 0; changes--)
        frame[random.below(valid.length)] = random.below(256);
      const bytes = frame.subarray(0, done % 7 === 0 ? random.below(valid.length) : valid.length);
      try {
        const vlanTag = done % 11 === 0 ? random.below(0x1_0000) : null;
        if (answer({ bytes, vlanTag, isForAnotherHost: false }, mac, STANDINGS).kind === 'answer') answered++;
      } catch {
        thrown++;
      }
    }
  };
  decide(FRAMES / 10); // compiled and warm
  const before = heapMebibytes();
  const startedAt = performance.now();
  decide(FRAMES);
  const seconds = (performance.now() - startedAt) / 1000;
  const growth = heapMebibytes() - before;
  note(`${answered} answered, ${(FRAMES / seconds / 1e6).toFixed(2)} million frames/s`);
  return [
    {
      figure: 'layer 2: 10 million random frames, exceptions',
      goal: '0',
      seen: `${thrown}; ${((seconds / FRAMES) * 1e6).toFixed(2)} µs a frame`,
      met: thrown === 0,
    },
    {
      figure: 'layer 2: growth of the heap over 10 million random frames',
      goal: `≤ ${GROWTH_MAX} MiB`,
      seen: `${growth.toFixed(2)} MiB`,
      met: growth <= GROWTH_MAX,
    },
  ];
}
