/** The three lists of communities. */
import type { LargeCommunity } from '../../routes/community.ts';
import type { ExtendedCommunity } from '../../routes/extended.ts';
import type { Complaint, Draft } from './draft.ts';
import { u32 } from './octets.ts';
import { listComplaint } from './readcommon.ts';

export function readCommunities(
  draft: Draft,
  bytes: Uint8Array,
  at: number,
  length: number,
): Complaint | null {
  const wrong = listComplaint(length, 4, 'RFC 7606 7.8');
  if (wrong !== null) return wrong;
  const communities: number[] = [];
  for (let next = at; next < at + length; next += 4) communities.push(u32(bytes, next));
  draft.communities = communities;
  return null;
}

export function readExtendedCommunities(
  draft: Draft,
  bytes: Uint8Array,
  at: number,
  length: number,
): Complaint | null {
  const wrong = listComplaint(length, 8, 'RFC 7606 7.14');
  if (wrong !== null) return wrong;
  const communities: ExtendedCommunity[] = [];
  for (let next = at; next < at + length; next += 8) {
    communities.push({ high: u32(bytes, next), low: u32(bytes, next + 4) });
  }
  draft.extendedCommunities = communities;
  return null;
}

export function readLargeCommunities(
  draft: Draft,
  bytes: Uint8Array,
  at: number,
  length: number,
): Complaint | null {
  const wrong = listComplaint(length, 12, 'RFC 8092 6');
  if (wrong !== null) return wrong;
  const communities: LargeCommunity[] = [];
  for (let next = at; next < at + length; next += 12) {
    communities.push({
      global: u32(bytes, next),
      first: u32(bytes, next + 4),
      second: u32(bytes, next + 8),
    });
  }
  draft.largeCommunities = communities;
  return null;
}
