/** Decodes ten million random and mutated messages: each gives a message or an error, and no memory is kept. */
import { decodeMessage } from '../../../src/bgp/wire/read/decode.ts';
import { assertInvariants, fuzzedMessage, randomTerms } from '../../../test/bgp/wire/support/fuzz.ts';
import { seeded } from '../../../test/support/random.ts';
import { note, type Row } from '../../support/figures.ts';
import { collectGarbage, heapBytes } from '../../support/process-usage.ts';

const MESSAGES = 10_000_000;
const PARTS = 10;
/** Memory that the engine's compiled code may need. */
const GROWTH_MB_MAX = 8;

export function wireMalformed(): readonly Row[] {
  const kept: number[] = [];
  const counts = { messages: 0, failures: 0 };
  let octets = 0;
  for (let part = 1; part <= PARTS; part++) {
    const random = seeded(part);
    for (let i = 0; i < MESSAGES / PARTS; i++) {
      const bytes = fuzzedMessage(random, i % 10 === 0);
      const read = decodeMessage(bytes, randomTerms(random));
      assertInvariants(read, bytes.length);
      counts[read.ok ? 'messages' : 'failures'] += 1;
      octets += bytes.length;
    }
    kept.push(usedMegabytes());
    note(`${part} of ${PARTS}: ${kept.at(-1)?.toFixed(1)} MB`);
  }
  const growth = Math.max(...kept) - (kept[0] ?? Number.NaN);
  return [
    {
      figure: `${MESSAGES} random and mutated messages decoded, ${(octets / 1e6).toFixed(0)} MB`,
      goal: 'no exception',
      seen: `none; ${counts.messages} messages, ${counts.failures} errors`,
      met: counts.messages + counts.failures === MESSAGES,
    },
    {
      figure: 'the same: memory after the first tenth, and the largest growth after a later one',
      goal: `≤ ${GROWTH_MB_MAX} MB more`,
      seen: `${(kept[0] ?? Number.NaN).toFixed(1)} MB; ${growth.toFixed(1)} MB`,
      met: growth <= GROWTH_MB_MAX,
    },
  ];
}

/** MB of heap and array buffers after a garbage collection. */
function usedMegabytes(): number {
  collectGarbage();
  return heapBytes() / 2 ** 20;
}
