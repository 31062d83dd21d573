/** The events of `berth bgp dial` as JSON, an object a line. */
import { capabilityText } from '../../../bgp/wire/capability-text.ts';
import type { Open } from '../../../bgp/wire/message.ts';
import type { NegotiatedTerms } from '../../../bgp/wire/negotiated.ts';
import { formatIPv4 } from '../../../net/address.ts';
import { formatJsonLine } from '../../framework/output.ts';
import type { DialEvent } from './event.ts';

export const dialEventJson = ({ seconds, event, text, fields }: DialEvent): string =>
  formatJsonLine({ seconds: Number(seconds.toFixed(3)), event, says: text, ...fields });

/** The OPEN of the router; null before it came. */
export const openJson = (open: Open | null) =>
  open === null
    ? null
    : {
        asn: open.asn,
        routerId: formatIPv4(open.routerId),
        holdTime: open.holdTime,
        offers: open.capabilities.map(capabilityText),
      };

export const negotiatedJson = ({ holdTime, families, internal, routeRefresh }: NegotiatedTerms) => ({
  holdTime,
  families,
  internal,
  routeRefresh,
});
