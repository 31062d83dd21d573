/** Packets a second through the protocol, and ten million random ones: none may throw, and none may stay in memory. */
import { sendingKey, signPacket } from '../../../src/bfd/authentication.ts';
import { SHA1_SECTION_OCTETS } from '../../../src/bfd/authentication-section.ts';
import { decodePacket, encodePacket } from '../../../src/bfd/packet.ts';
import { type BfdSession, newBfdSession } from '../../../src/bfd/session.ts';
import type { BfdAuthentication } from '../../../src/bfd/settings.ts';
import { sha1 } from '../../../src/bfd/sha1.ts';
import { stepBfd } from '../../../src/bfd/step.ts';
import { seeded } from '../../../test/support/random.ts';
import { note, type Row, spread } from '../../support/figures.ts';
import { cpuMillis } from '../../support/process-usage.ts';

const RUNS = 7;
const WARM_UP_RUNS = 2;
const PACKETS = 200_000;
const RANDOM_PACKETS = 10_000_000;
const MEGABYTE = 1024 ** 2;
/** What the heap may grow by, which is noise. */
const GROWTH_MAX_MB = 5;
const [LOCAL, REMOTE] = [1, 2];

const AUTHENTICATION: BfdAuthentication = {
  type: 'meticulous-keyed-sha1',
  keys: [{ id: 1, key: new TextEncoder().encode('secret') }],
  activeKeyId: 1,
};

const newSession = (authentication: BfdAuthentication | null): BfdSession =>
  newBfdSession({
    settings: {
      ...{ desiredMinTx: 300, requiredMinRx: 300, detectMultiplier: 3, passive: false, minimumTtl: 255 },
      authentication,
    },
    localDiscriminator: LOCAL,
    sendSequence: 1,
    now: 0,
  });

const packet = (isAuthenticated: boolean): Uint8Array =>
  encodePacket(
    {
      ...({ diagnostic: 'none', state: 'Up', poll: false, final: false, demand: false } as const),
      ...{ detectMultiplier: 3, myDiscriminator: REMOTE, yourDiscriminator: LOCAL },
      ...{ desiredMinTx: 300, requiredMinRx: 300 },
    },
    isAuthenticated ? SHA1_SECTION_OCTETS : 0,
  );

function receive(session: BfdSession, octets: Uint8Array, now: number): BfdSession {
  const decoded = decodePacket(octets);
  if (!decoded.ok) return session;
  const event = { kind: 'received', packet: decoded.value, octets } as const;
  return stepBfd(session, event, { now, chance: 0.5, sha1, spareDiscriminator: REMOTE }).session;
}

export function bfdThroughput(): readonly Row[] {
  return [null, AUTHENTICATION].map((authentication) => {
    const octets = packet(authentication !== null);
    const rates: number[] = [];
    let sequence = 0;
    for (let run = 0; run < WARM_UP_RUNS + RUNS; run++) {
      let session = newSession(authentication);
      const startedAt = cpuMillis();
      for (let count = 0; count < PACKETS; count++) {
        if (authentication !== null) {
          const key = sendingKey(authentication, null);
          signPacket(octets, { type: authentication.type, key }, sequence++, sha1);
        }
        session = receive(session, octets, count);
      }
      if (session.remote === null) throw new Error('no packet was accepted');
      if (run >= WARM_UP_RUNS) rates.push(PACKETS / (cpuMillis() - startedAt));
    }
    const what = authentication === null ? 'received' : 'signed, and received with their digest checked';
    return {
      figure: `control packets ${what}, thousands per second of CPU time`,
      goal: '',
      seen: `${spread(rates)}; ${RUNS} runs`,
      met: null,
    };
  });
}

export function bfdRandomPackets(): readonly Row[] {
  const random = seeded(1);
  let session = newSession(null);
  let thrown = 0;
  let accepted = 0;
  const good = packet(false);
  const octets = new Uint8Array(64);
  const heap = (): number => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed / MEGABYTE;
  };
  let before = Number.NaN;
  for (let count = 0; count < RANDOM_PACKETS; count++) {
    if (count === RANDOM_PACKETS / 10) before = heap();
    const length = fill(octets, good, random.below(2 ** 32));
    try {
      const next = receive(session, octets.subarray(0, length), count);
      if (next !== session) accepted += 1;
      session = next;
    } catch {
      thrown += 1;
    }
  }
  const growth = heap() - before;
  note(`${accepted} of the random packets were well-formed`);
  return [
    {
      figure: `${RANDOM_PACKETS / 1e6} million random packets: thrown; heap that is left of them`,
      goal: `0; ≤ ${GROWTH_MAX_MB} MB`,
      seen: `${thrown}; ${growth.toFixed(1)} MB (${((100 * accepted) / RANDOM_PACKETS).toFixed(0)} % well-formed)`,
      met: thrown === 0 && growth <= GROWTH_MAX_MB,
    },
  ];
}

/** Half are a good packet with a few octets changed, half are noise. Returns the length. */
function fill(octets: Uint8Array, good: Uint8Array, number: number): number {
  if (number % 2 === 0) {
    octets.set(good);
    for (let change = 0; change < 3; change++)
      octets[(number >>> (5 * change + 1)) % good.length] = number >>> (8 * change);
    return good.length;
  }
  let state = number;
  const length = number % octets.length;
  for (let at = 0; at < length; at++) {
    state = Math.imul(state, 1_664_525) + 1_013_904_223;
    octets[at] = state >>> 24;
  }
  return length;
}
