/** Measures encoding and decoding of UPDATE messages, large and small ones of each family. */

import { type BgpPath, DEFAULT_ATTRIBUTES, toNextHop } from '../../../src/bgp/attributes/path.ts';
import type { ReadTerms, WriteTerms } from '../../../src/bgp/wire/negotiated.ts';
import { decodeMessage } from '../../../src/bgp/wire/read/decode.ts';
import { packAnnouncements } from '../../../src/bgp/wire/write/pack.ts';
import type { Family } from '../../../src/net/address.ts';
import { parseAddress } from '../../../src/net/address.ts';
import { note, type Row, spread } from '../../support/figures.ts';
import { cpuMillis } from '../../support/process-usage.ts';
import { hostRoutes } from '../../support/speaker/host-routes.ts';

const RUNS = 9;
const WARM_UP_RUNS = 3;
const MESSAGES = { one: 100_000, full: 2_000 } as const;
const TERMS: ReadTerms & WriteTerms = {
  ...{ internal: false, fourOctetAs: true, families: [4, 6], extendedNextHop: false },
  ...{ receiveMax: 4096, sendMax: 4096 },
};
/** With the attributes below these fit into a message of 4,096 octets. */
const PREFIXES = { 4: 800, 6: 230 } as const;

const pathOf = (family: Family): BgpPath => {
  const hop = parseAddress(family === 4 ? '192.0.2.1' : '2001:db8::1');
  if (!hop.ok) throw new Error(hop.error);
  return {
    nextHop: toNextHop(hop.value),
    attributes: {
      ...DEFAULT_ATTRIBUTES,
      asPath: [{ kind: 'sequence', asns: [64_512, 65_001] }],
      communities: [0xfc00_0064, 0xfc00_0065],
    },
  };
};

export function wireThroughput(): readonly Row[] {
  const rows: Row[] = [];
  for (const family of [4, 6] as const) {
    for (const size of ['one', 'full'] as const) {
      const prefixes = hostRoutes(family, size === 'one' ? 1 : PREFIXES[family]);
      const path = pathOf(family);
      const encode = (): Uint8Array => {
        const packed = packAnnouncements({ family, path, prefixes }, TERMS);
        const [message] = packed.ok ? packed.value : [];
        if (message === undefined || (packed.ok && packed.value.length !== 1))
          throw new Error('not one message');
        return message;
      };
      const message = encode();
      const encoded = rates(MESSAGES[size], () => encode().length);
      const decoded = rates(MESSAGES[size], () => (decodeMessage(message, TERMS).ok ? 1 : 0));
      const what = `UPDATE with ${prefixes.length} IPv${family} prefix${size === 'one' ? '' : 'es'} (${message.length} octets)`;
      note(`${what}: ${spread(encoded)}/s, ${spread(decoded)}/s`);
      const perSecond = (all: readonly number[]): string => spread(all.map((rate) => rate / 1000));
      rows.push({
        figure: `${what}: encoded; decoded, thousands per second of CPU time`,
        goal: '',
        seen: `${perSecond(encoded)}; ${perSecond(decoded)}; ${RUNS} runs`,
        met: null,
      });
    }
  }
  return rows;
}

/** Messages per second of CPU time. */
function rates(messages: number, work: () => number): readonly number[] {
  const seen: number[] = [];
  for (let run = 0; run < WARM_UP_RUNS + RUNS; run++) {
    const startedAt = cpuMillis();
    let sum = 0;
    for (let i = 0; i < messages; i++) sum += work();
    if (sum === 0) throw new Error('no message was processed');
    if (run >= WARM_UP_RUNS) seen.push((1000 * messages) / (cpuMillis() - startedAt));
  }
  return seen;
}
