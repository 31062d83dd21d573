/** AS numbers of a peer, by the rules of their registry. */
import { ASN_MAX, isLastAsn, reservedAsnError } from '../bgp/attributes/asn.ts';
import type { ConfigIssue } from './issue.ts';
import type { ObjectReader } from './object-reader.ts';

const ASN_BOUNDS = { min: 0, max: ASN_MAX } as const;

/** Undefined where the field is absent, or reported as invalid. `unset`: 0 counts as absent and is returned. */
export function readAsn(
  reader: ObjectReader,
  field: string,
  zero: 'invalid' | 'unset' = 'invalid',
): number | undefined {
  const asn = reader.integer(field, ASN_BOUNDS);
  const error = asn === undefined || (asn === 0 && zero === 'unset') ? null : reservedAsnError(asn);
  if (error === null) return asn;
  reader.addIssue(field, error);
  return undefined;
}

/** A warning for each field whose AS number networks should not use. */
export const lastAsnWarnings = (
  reader: ObjectReader,
  asns: Readonly<Record<string, number | null | undefined>>,
): readonly ConfigIssue[] =>
  Object.entries(asns).flatMap(([field, asn]) =>
    typeof asn === 'number' && isLastAsn(asn)
      ? [
          {
            path: reader.pathOf(field),
            message: `${asn} is reserved (RFC 7300), and some routers refuse it: use another AS number`,
          },
        ]
      : [],
  );
