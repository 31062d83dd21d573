/** Decodes COMMUNITIES (RFC 1997), EXTENDED COMMUNITIES (RFC 4360) and LARGE_COMMUNITY (RFC 8092). */
import type { LargeCommunity } from '../../attributes/community.ts';
import type { ExtendedCommunity } from '../../attributes/extended-community.ts';
import { u32 } from '../octets.ts';
import type { AttributeError, UpdateBuilder } from '../update-builder.ts';
import { checkListLength } from './simple-attributes.ts';

export function readStandardCommunities(
  builder: UpdateBuilder,
  bytes: Uint8Array,
  at: number,
  length: number,
): AttributeError | null {
  const error = checkListLength(length, 4, 'RFC 7606 7.8');
  if (error !== null) return error;
  const communities: number[] = [];
  for (let next = at; next < at + length; next += 4) communities.push(u32(bytes, next));
  builder.communities = communities;
  return null;
}

export function readExtendedCommunities(
  builder: UpdateBuilder,
  bytes: Uint8Array,
  at: number,
  length: number,
): AttributeError | null {
  const error = checkListLength(length, 8, 'RFC 7606 7.14');
  if (error !== null) return error;
  const communities: ExtendedCommunity[] = [];
  for (let next = at; next < at + length; next += 8) {
    communities.push({ high: u32(bytes, next), low: u32(bytes, next + 4) });
  }
  builder.extendedCommunities = communities;
  return null;
}

export function readLargeCommunities(
  builder: UpdateBuilder,
  bytes: Uint8Array,
  at: number,
  length: number,
): AttributeError | null {
  const error = checkListLength(length, 12, 'RFC 8092 6');
  if (error !== null) return error;
  const communities: LargeCommunity[] = [];
  for (let next = at; next < at + length; next += 12) {
    communities.push({
      global: u32(bytes, next),
      first: u32(bytes, next + 4),
      second: u32(bytes, next + 8),
    });
  }
  builder.largeCommunities = communities;
  return null;
}
