/** Decodes an UPDATE: its three fields (RFC 4271 4.3), with the error handling of RFC 7606. */
import { ok, type Result } from '../../../base/result.ts';
import type { Family } from '../../../net/address.ts';
import { attributeName } from '../attribute-kind.ts';
import { ATTRIBUTE, HEADER_BYTES } from '../codes.ts';
import { updateFailure } from '../failure.ts';
import type { AnnouncedNlri, AttributeFault, DecodeFailure, Update } from '../message.ts';
import type { ReadTerms } from '../negotiated.ts';
import { countPrefixes, type Nlri } from '../nlri.ts';
import { u16 } from '../octets.ts';
import { attributesOf, newUpdateBuilder, type UpdateBuilder } from '../update-builder.ts';
import { mergeAs4Attributes } from './as-path.ts';
import { type AttributesRead, type LocatedAttributeError, readAttributes } from './attributes.ts';

/** `bytes` is a message whose header has been checked. The result holds views of it. */
export function decodeUpdate(bytes: Uint8Array, terms: ReadTerms): Result<Update, DecodeFailure> {
  const withdrawnAt = HEADER_BYTES + 2;
  const attributesAt = withdrawnAt + u16(bytes, HEADER_BYTES) + 2;
  if (attributesAt > bytes.length) return overrunFailure('withdrawn routes');
  const prefixesAt = attributesAt + u16(bytes, attributesAt - 2);
  if (prefixesAt > bytes.length) return overrunFailure('path attributes');
  const withdrawn = readField(bytes, withdrawnAt, attributesAt - 2);
  const announced = readField(bytes, prefixesAt, bytes.length);
  if (withdrawn === null || announced === null) {
    const reason = `the UPDATE has ${withdrawn === null ? 'a withdrawn' : 'an announced'} prefix that is malformed`;
    return updateFailure('network', reason, 'RFC 7606 5.3');
  }
  if (attributesAt === prefixesAt && announced.count === 0) return ok(onlyWithdrawn(withdrawn));
  const builder = newUpdateBuilder();
  const field = { at: attributesAt, end: prefixesAt, prefixesFollow: announced.count > 0 };
  const attributesRead = readAttributes(builder, bytes, field, terms);
  return applyErrorHandling({ builder, attributesRead, withdrawn, announced });
}

const overrunFailure = (field: string) =>
  updateFailure('malformedList', `the UPDATE ends within its ${field}`, 'RFC 7606 3 a');

function readField(bytes: Uint8Array, at: number, end: number): Nlri | null {
  const count = countPrefixes(bytes, at, end, 4);
  return count < 0 ? null : { family: 4, count, bytes: bytes.subarray(at, end) };
}

/** An UPDATE without attributes; without prefixes too, it is the End-of-RIB of IPv4 (RFC 4724 2). */
const onlyWithdrawn = (withdrawn: Nlri): Update => ({
  kind: 'update',
  withdrawn: withdrawn.count > 0 ? [withdrawn] : [],
  announced: [],
  attributes: null,
  endOfRib: withdrawn.count === 0 ? 4 : null,
  faults: [],
});

type UpdateParts = {
  readonly builder: UpdateBuilder;
  readonly attributesRead: AttributesRead;
  /** Withdrawn Routes and NLRI, the message's own fields. */
  readonly withdrawn: Nlri;
  readonly announced: Nlri;
};

function applyErrorHandling({
  builder,
  attributesRead,
  withdrawn,
  announced,
}: UpdateParts): Result<Update, DecodeFailure> {
  const sessionError = attributesRead.errors.find(({ handling }) => handling === 'session-reset');
  if (sessionError !== undefined) return sessionFailure(sessionError, sessionError.rfc);
  const hasReachable = announced.count > 0 || attributesRead.seen.has(ATTRIBUTE.mpReach);
  const hasAnnouncements = announced.count > 0 || (builder.reach?.nlri.count ?? 0) > 0;
  const missing = hasAnnouncements ? missingAttributes(builder, attributesRead.seen, announced) : [];
  const errors = [...attributesRead.errors, ...missing];
  const withdrawError = errors.find(({ handling }) => handling === 'treat-as-withdraw');
  // Treat-as-withdraw needs prefixes to withdraw: without any, the session is reset.
  if (withdrawError !== undefined && !hasReachable && withdrawError.type !== ATTRIBUTE.mpUnreach)
    return sessionFailure(withdrawError, 'RFC 7606 5.2');
  const withdrawnNlri = [withdrawn, builder.unreach].filter(
    (nlri) => nlri !== null && nlri.count > 0,
  ) as Nlri[];
  const announcements = announcementsOf(builder, announced);
  const faults = errors.map(toFault);
  if (withdrawError !== undefined) {
    return ok({
      kind: 'update',
      withdrawn: [
        ...withdrawnNlri,
        ...announcements.map(({ nlri }) => nlri),
        ...withoutNextHop(builder, announced),
      ],
      announced: [],
      attributes: null,
      endOfRib: null,
      faults,
    });
  }
  mergeAs4Attributes(builder);
  return ok({
    kind: 'update',
    withdrawn: withdrawnNlri,
    announced: announcements,
    attributes: announcements.length > 0 ? attributesOf(builder) : null,
    endOfRib: endOfRibFamily(builder, attributesRead.seen, withdrawn, announced),
    faults,
  });
}

function announcementsOf({ nextHop, reach }: UpdateBuilder, announced: Nlri): AnnouncedNlri[] {
  const announcements: AnnouncedNlri[] = [];
  if (announced.count > 0 && nextHop !== null) announcements.push({ nlri: announced, nextHop });
  if (reach !== null && reach.nlri.count > 0) announcements.push(reach);
  return announcements;
}

/** Prefixes that cannot be announced for want of a next hop, and are withdrawn all the same. */
const withoutNextHop = ({ nextHop }: UpdateBuilder, announced: Nlri): Nlri[] =>
  announced.count > 0 && nextHop === null ? [announced] : [];

/** Mandatory attributes that are missing (RFC 4271 5.1, RFC 7606 3 d); a malformed one has been reported already. */
function missingAttributes(
  builder: UpdateBuilder,
  seen: ReadonlySet<number>,
  announced: Nlri,
): LocatedAttributeError[] {
  const missing: LocatedAttributeError[] = [];
  const requireAttribute = (type: number, isPresent: boolean): void => {
    if (isPresent || seen.has(type)) return;
    missing.push({
      type,
      handling: 'treat-as-withdraw',
      error: 'missingWellKnown',
      reason: 'is missing',
      rfc: 'RFC 7606 3 d',
      octets: new Uint8Array([type]),
    });
  };
  requireAttribute(ATTRIBUTE.origin, builder.origin !== null);
  requireAttribute(ATTRIBUTE.asPath, builder.asPath !== null);
  if (announced.count > 0) requireAttribute(ATTRIBUTE.nextHop, builder.nextHop !== null);
  return missing;
}

/** End-of-RIB: an MP_UNREACH_NLRI without prefixes, and nothing else (RFC 4724 2). */
function endOfRibFamily(
  { unreach }: UpdateBuilder,
  seen: ReadonlySet<number>,
  withdrawn: Nlri,
  announced: Nlri,
): Family | null {
  const isOnlyAttribute = seen.size === 1 && withdrawn.count === 0 && announced.count === 0;
  return isOnlyAttribute && unreach?.count === 0 ? unreach.family : null;
}

const toFault = ({ type, handling, reason, rfc }: LocatedAttributeError): AttributeFault => ({
  type,
  handling: handling === 'session-reset' ? 'treat-as-withdraw' : handling, // a session reset has returned before
  reason,
  rfc,
});

const sessionFailure = ({ type, error, reason, octets }: LocatedAttributeError, rfc: string) =>
  updateFailure(error, `in an UPDATE ${attributeName(type)} ${reason}`, rfc, octets);
