/** The sessions of the benchmark: the subject has the addresses 10.8.1.N, the remote 10.8.2.N. */
import type { BfdSessionSpec } from '../../../src/bfd/settings.ts';
import type { Address } from '../../../src/net/address.ts';

export const SLOW_SESSIONS = 64;
const MULTIPLIER = 3;
const [SLOW_INTERVAL_MS, FAST_INTERVAL_MS] = [100, 50];

/** From 1; the last one is fast. */
export const NUMBERS: readonly number[] = Array.from({ length: SLOW_SESSIONS + 1 }, (_, index) => index + 1);

const intervalOf = (number: number): number => (number > SLOW_SESSIONS ? FAST_INTERVAL_MS : SLOW_INTERVAL_MS);

export const detectionTimeOf = (key: string): number => MULTIPLIER * intervalOf(Number(key));

const addressOf = (network: number, number: number): Address => ({
  family: 4,
  bits: BigInt(0x0a08_0000 + network * 256 + number),
});

export const specsOf = (side: 'subject' | 'remote'): readonly BfdSessionSpec[] =>
  NUMBERS.map((number) => ({
    key: `${number}`,
    remote: addressOf(side === 'subject' ? 2 : 1, number),
    local: addressOf(side === 'subject' ? 1 : 2, number),
    interface: null,
    multihop: false,
    port: null,
    settings: {
      desiredMinTx: intervalOf(number),
      requiredMinRx: intervalOf(number),
      detectMultiplier: MULTIPLIER,
      passive: false,
      minimumTtl: 255,
      authentication: null,
    },
  }));
