/** Remarks on the configuration of any router, as comments in its language. */
import { wrap } from '../../../base/text.ts';
import { formatAddress } from '../../../net/address.ts';
import { PROSE_COLUMNS_MAX } from '../../framework/lines.ts';
import { ECMP_PATHS_MAX, HOLD_TIME_SECONDS, KEEPALIVE_SECONDS, type RouterOptions } from './options.ts';

export const commentParagraphs = (sign: string, paragraphs: readonly string[]): readonly string[] =>
  paragraphs.flatMap((text) =>
    wrap(text, PROSE_COLUMNS_MAX - sign.length - 1).map((line) => `${sign} ${line}`.trimEnd()),
  );

export function routerRemarks({
  families,
  as,
  nodeAS,
  password,
  communities,
}: RouterOptions): readonly string[] {
  const addresses = families.map(({ address }) => formatAddress(address)).join(' and ');
  const tags = communities.length === 0 ? '' : ` Routes have the communities ${communities.join(', ')}.`;
  return [
    `Router ${addresses}, AS ${as}: sessions with Calico's nodes, AS ${nodeAS}${as === nodeAS ? ' (iBGP)' : ''}.`,
    `Hold time ${HOLD_TIME_SECONDS} s, keepalive ${KEEPALIVE_SECONDS} s: a session uses the smaller hold time of both sides, and Calico offers 240 s. A dead node is detected after ${HOLD_TIME_SECONDS} s.`,
    `Accepted are the ranges of Services and every prefix in them, down to single addresses. Pod routes are not: pods need VXLAN or Calico's mesh. Nothing is advertised to the nodes. Communities are not changed.${tags}`,
    `ECMP over up to ${ECMP_PATHS_MAX} nodes.`,
    ...(password === ''
      ? []
      : ['The password is that of the Secret of the BGPPeers, without a line break at its end.']),
    'The BGPPeers of `berth calico init` have no TTL security (GTSM): leave it off, or set ttlSecurity on both sides.',
  ];
}
