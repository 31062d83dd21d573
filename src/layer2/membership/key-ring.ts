/**
 * The keys of the speakers, from their common secret, while that is replaced. All learn of a new secret at about the same time,
 * but not at once: a new key is accepted immediately, used after a while, and the old one is forgotten later still.
 */
import { createHmac } from 'node:crypto';
import type { Millis } from '../../base/clock.ts';
import { SHA1_OCTETS } from '../../bfd/authentication-section.ts';
import type { BfdAuthentication } from '../../bfd/settings.ts';

export type SpeakerKey = {
  /** 0 to 255. It follows from the secret, so that all speakers name a key alike; of 256 secrets two may have the same. */
  readonly id: number;
  /** For BFD: as long as keyed SHA-1 takes (RFC 5880 4.4). */
  readonly bfd: Uint8Array;
  /** For HMAC-SHA-256 of what speakers send each other. */
  readonly verdict: Uint8Array;
};

type RingKey = {
  readonly key: SpeakerKey;
  /** When its secret was read. */
  readonly since: Millis;
  /** Null for the secret that counts now. */
  readonly replacedAt: Millis | null;
};

/** The oldest first. The last one is of the secret that counts now. */
export type KeyRing = readonly RingKey[];

/** A secret that kubelets bring as a file is on all nodes after this time. */
export const USED_AFTER: Millis = 120_000;
/** All others use the new key by then. */
export const FORGOTTEN_AFTER: Millis = 300_000;
/** The most that BFD accepts. Of more secrets in a short time, those in the middle are left out. */
const KEYS_MAX = 4;

/** `secret` is not empty; blanks around it do not count. */
export function speakerKey(secret: string): SpeakerKey {
  const derive = (purpose: string): Uint8Array =>
    new Uint8Array(createHmac('sha256', secret.trim()).update(`berth speakers: ${purpose}`).digest());
  return {
    id: derive('key ID')[0] ?? 0,
    bfd: derive('BFD').subarray(0, SHA1_OCTETS),
    verdict: derive('verdict'),
  };
}

/** The ring after this secret was read. A key that was replaced and comes back is the newest again, and in use as before. */
export function withSecret(ring: KeyRing, secret: string, now: Millis): KeyRing {
  const key = speakerKey(secret);
  const kept = currentRing(ring, now);
  const isSame = (one: SpeakerKey): boolean => Buffer.compare(one.bfd, key.bfd) === 0;
  const known = kept.find((one) => isSame(one.key));
  // The first secret has nobody to wait for.
  const since = known?.since ?? (kept.length === 0 ? Number.NEGATIVE_INFINITY : now);
  const others = kept
    .filter((one) => one !== known)
    .map((one) => ({ ...one, replacedAt: one.replacedAt ?? now }));
  const next = [...others, { key, since, replacedAt: null }];
  return next.length <= KEYS_MAX ? next : next.filter((_, index) => index !== 1);
}

/** Without the keys that are forgotten by now. */
export const currentRing = (ring: KeyRing, now: Millis): KeyRing =>
  ring.filter(({ replacedAt }) => replacedAt === null || replacedAt + FORGOTTEN_AFTER > now);

/** When it changes by itself; null: never. */
export function nextRingChange(ring: KeyRing, now: Millis): Millis | null {
  const times = ring.flatMap(({ since, replacedAt }) => [
    since + USED_AFTER,
    ...(replacedAt === null ? [] : [replacedAt + FORGOTTEN_AFTER]),
  ]);
  const next = Math.min(...times.filter((at) => at > now));
  return Number.isFinite(next) ? next : null;
}

/** Null without a secret: then packets are not authenticated. */
export function bfdAuthentication(ring: KeyRing, now: Millis): BfdAuthentication | null {
  const current = currentRing(ring, now);
  const active = current.findLast(({ since }) => since <= now - USED_AFTER) ?? current[0];
  if (active === undefined) return null;
  return {
    type: 'meticulous-keyed-sha1',
    keys: current.map(({ key: { id, bfd: key } }) => ({ id, key })),
    activeKeyId: active.key.id,
  };
}
