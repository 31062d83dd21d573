/** `bfd-profiles` of the old ConfigMap. */
import { BFD_INTERVAL, BFD_MULTIPLIER, BFD_TTL } from '../bfd-profile.ts';
import { quoteText } from '../issue.ts';
import type { ObjectReader } from '../object-reader.ts';

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

export function readLegacyBfdProfiles(readers: readonly ObjectReader[]): readonly LegacyBfdProfile[] {
  const seen = new Set<string>();
  return readers.map((reader) => {
    const name = reader.requiredString('name') ?? '';
    if (name !== '' && seen.has(name))
      reader.addIssue('name', `${quoteText(name)} is the name of two profiles`);
    seen.add(name);
    const profile = {
      name,
      receiveInterval: reader.integer('receive-interval', BFD_INTERVAL) ?? null,
      transmitInterval: reader.integer('transmit-interval', BFD_INTERVAL) ?? null,
      echoInterval: reader.integer('echo-interval', BFD_INTERVAL) ?? null,
      detectMultiplier: reader.integer('detect-multiplier', BFD_MULTIPLIER) ?? null,
      minimumTtl: reader.integer('minimum-ttl', BFD_TTL) ?? null,
      echoMode: reader.boolean('echo-mode') ?? null,
      passiveMode: reader.boolean('passive-mode') ?? null,
    };
    reader.rejectUnknownFields();
    return profile;
  });
}
