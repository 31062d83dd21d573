/** `bfd-profiles` of the old ConfigMap. */
import { quoteText } from '../issue.ts';
import type { NumberBounds, ObjectReader } from '../object-reader.ts';

/** Fields that are not set are null. Intervals in milliseconds. */
export type LegacyBfdProfile = {
  readonly name: string;
  readonly receiveInterval: number | null;
  readonly transmitInterval: number | null;
  readonly echoInterval: number | null;
  readonly detectMultiplier: number | null;
  readonly minimumTtl: number | null;
  readonly echoMode: boolean | null;
  readonly passiveMode: boolean | null;
};

const INTERVAL_MILLIS: NumberBounds = { min: 10, max: 60_000 };
const MULTIPLIER: NumberBounds = { min: 2, max: 255 };
const TTL: NumberBounds = { min: 1, max: 254 };

export function readLegacyBfdProfiles(readers: readonly ObjectReader[]): readonly LegacyBfdProfile[] {
  const seen = new Set<string>();
  return readers.map((reader) => {
    const name = reader.requiredString('name') ?? '';
    if (name !== '' && seen.has(name))
      reader.addIssue('name', `${quoteText(name)} is the name of two profiles`);
    seen.add(name);
    const profile = {
      name,
      receiveInterval: reader.integer('receive-interval', INTERVAL_MILLIS) ?? null,
      transmitInterval: reader.integer('transmit-interval', INTERVAL_MILLIS) ?? null,
      echoInterval: reader.integer('echo-interval', INTERVAL_MILLIS) ?? null,
      detectMultiplier: reader.integer('detect-multiplier', MULTIPLIER) ?? null,
      minimumTtl: reader.integer('minimum-ttl', TTL) ?? null,
      echoMode: reader.boolean('echo-mode') ?? null,
      passiveMode: reader.boolean('passive-mode') ?? null,
    };
    reader.rejectUnknownFields();
    return profile;
  });
}
