/** UPDATE (RFC 4271 4.3): its three fields, and what its errors do to it (RFC 7606). */
import { ok, type Result } from '../../base/result.ts';
import type { Family } from '../../net/address.ts';
import type { ReadTerms } from './agreement.ts';
import { attributeName } from './attributekind.ts';
import { ATTRIBUTE, HEADER_BYTES } from './codes.ts';
import { attributesOf, type Draft, newDraft } from './draft.ts';
import { updateFailure } from './failure.ts';
import type { Announcement, AttributeFault, DecodeFailure, Update } from './message.ts';
import { countPrefixes, type Nlri } from './nlri.ts';
import { u16 } from './octets.ts';
import { type AttributesRead, type Complained, readAttributes } from './readattributes.ts';
import { mergeAs4 } from './readpath.ts';

/** Takes a message whose header is fine. What it gives has views on `bytes`. */
export function decodeUpdate(bytes: Uint8Array, terms: ReadTerms): Result<Update, DecodeFailure> {
  const withdrawnAt = HEADER_BYTES + 2;
  const attributesAt = withdrawnAt + u16(bytes, HEADER_BYTES) + 2;
  if (attributesAt > bytes.length) return tooLong('withdrawn routes');
  const prefixesAt = attributesAt + u16(bytes, attributesAt - 2);
  if (prefixesAt > bytes.length) return tooLong('path attributes');
  const withdrawn = readField(bytes, withdrawnAt, attributesAt - 2);
  const announced = readField(bytes, prefixesAt, bytes.length);
  if (withdrawn === null || announced === null) {
    const says = `the UPDATE has ${withdrawn === null ? 'a withdrawn' : 'an announced'} prefix that is malformed`;
    return updateFailure('network', says, 'RFC 7606 5.3');
  }
  if (attributesAt === prefixesAt && announced.count === 0) return ok(onlyWithdrawn(withdrawn));
  const draft = newDraft();
  const field = { at: attributesAt, end: prefixesAt, prefixesFollow: announced.count > 0 };
  const read = readAttributes(draft, bytes, field, terms);
  return judge({ draft, read, withdrawn, announced });
}

const tooLong = (what: string) =>
  updateFailure('malformedList', `the UPDATE ends within its ${what}`, 'RFC 7606 3 a');

function readField(bytes: Uint8Array, at: number, end: number): Nlri | null {
  const count = countPrefixes(bytes, at, end, 4);
  return count < 0 ? null : { family: 4, count, bytes: bytes.subarray(at, end) };
}

/** Without any, it is the End-of-RIB of IPv4 (RFC 4724 2). */
const onlyWithdrawn = (withdrawn: Nlri): Update => ({
  kind: 'update',
  withdrawn: withdrawn.count > 0 ? [withdrawn] : [],
  announced: [],
  attributes: null,
  endOfRib: withdrawn.count === 0 ? 4 : null,
  faults: [],
});

type Parts = {
  readonly draft: Draft;
  readonly read: AttributesRead;
  /** The message's own two fields. */
  readonly withdrawn: Nlri;
  readonly announced: Nlri;
};

function judge({ draft, read, withdrawn, announced }: Parts): Result<Update, DecodeFailure> {
  const fatal = read.complaints.find(({ verdict }) => verdict === 'session-reset');
  if (fatal !== undefined) return over(fatal, fatal.rfc);
  const reaches = announced.count > 0 || read.seen.has(ATTRIBUTE.mpReach);
  const announces = announced.count > 0 || (draft.reach?.nlri.count ?? 0) > 0;
  const missing = announces ? missingFrom(draft, read.seen, announced) : [];
  const complaints = [...read.complaints, ...missing];
  const grave = complaints.find(({ verdict }) => verdict === 'treat-as-withdraw');
  // Whose prefixes would be withdrawn? An UPDATE that names none cannot be meant so.
  if (grave !== undefined && !reaches && grave.type !== ATTRIBUTE.mpUnreach)
    return over(grave, 'RFC 7606 5.2');
  const gone = [withdrawn, draft.unreach].filter((nlri) => nlri !== null && nlri.count > 0) as Nlri[];
  const told = announcementsOf(draft, announced);
  const faults = complaints.map(toFault);
  if (grave !== undefined) {
    return ok({
      kind: 'update',
      withdrawn: [...gone, ...told.map(({ nlri }) => nlri), ...withoutHop(draft, announced)],
      announced: [],
      attributes: null,
      endOfRib: null,
      faults,
    });
  }
  mergeAs4(draft);
  return ok({
    kind: 'update',
    withdrawn: gone,
    announced: told,
    attributes: told.length > 0 ? attributesOf(draft) : null,
    endOfRib: endedFamily(draft, read.seen, withdrawn, announced),
    faults,
  });
}

function announcementsOf({ nextHop, reach }: Draft, announced: Nlri): Announcement[] {
  const told: Announcement[] = [];
  if (announced.count > 0 && nextHop !== null) told.push({ nlri: announced, nextHop });
  if (reach !== null && reach.nlri.count > 0) told.push(reach);
  return told;
}

/** Those that cannot even be announced, and are to be withdrawn all the same. */
const withoutHop = ({ nextHop }: Draft, announced: Nlri): Nlri[] =>
  announced.count > 0 && nextHop === null ? [announced] : [];

/** RFC 4271 5.1 and RFC 7606 3 d; what came and was malformed is complained of already. */
function missingFrom(draft: Draft, seen: ReadonlySet<number>, announced: Nlri): Complained[] {
  const missing: Complained[] = [];
  const need = (type: number, there: boolean): void => {
    if (there || seen.has(type)) return;
    missing.push({
      type,
      verdict: 'treat-as-withdraw',
      error: 'missingWellKnown',
      says: 'is missing',
      rfc: 'RFC 7606 3 d',
      octets: new Uint8Array([type]),
    });
  };
  need(ATTRIBUTE.origin, draft.origin !== null);
  need(ATTRIBUTE.asPath, draft.asPath !== null);
  if (announced.count > 0) need(ATTRIBUTE.nextHop, draft.nextHop !== null);
  return missing;
}

/** Nothing but an MP_UNREACH_NLRI without a prefix (RFC 4724 2). */
function endedFamily(
  { unreach }: Draft,
  seen: ReadonlySet<number>,
  withdrawn: Nlri,
  announced: Nlri,
): Family | null {
  const alone = seen.size === 1 && withdrawn.count === 0 && announced.count === 0;
  return alone && unreach?.count === 0 ? unreach.family : null;
}

const toFault = ({ type, verdict, says, rfc }: Complained): AttributeFault => ({
  type,
  verdict: verdict === 'session-reset' ? 'treat-as-withdraw' : verdict, // a reset does not come here
  says,
  rfc,
});

const over = ({ type, error, says, octets }: Complained, rfc: string) =>
  updateFailure(error, `in an UPDATE ${attributeName(type)} ${says}`, rfc, octets);
