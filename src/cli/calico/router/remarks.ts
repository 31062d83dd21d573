/** What has to be said of any router, as comment lines in its own language. */
import { wrap } from '../../../base/text.ts';
import { formatAddress } from '../../../net/address.ts';
import { COLUMNS_MAX } from '../../framework/command.ts';
import { ECMP_PATHS_MAX, HOLD_TIME_SECONDS, KEEPALIVE_SECONDS, type RouterOptions } from './options.ts';

export const commentParagraphs = (sign: string, paragraphs: readonly string[]): readonly string[] =>
  paragraphs.flatMap((text) =>
    wrap(text, COLUMNS_MAX - sign.length - 1).map((line) => `${sign} ${line}`.trimEnd()),
  );

export function routerRemarks({
  families,
  as,
  nodeAS,
  password,
  communities,
}: RouterOptions): readonly string[] {
  const addresses = families.map(({ address }) => formatAddress(address)).join(' and ');
  const tags = communities.length === 0 ? '' : ` Routes come with ${communities.join(', ')}.`;
  return [
    `Router ${addresses}, AS ${as}: sessions with Calico's nodes, AS ${nodeAS}${as === nodeAS ? ' (iBGP)' : ''}.`,
    `Hold time ${HOLD_TIME_SECONDS} s, keepalive ${KEEPALIVE_SECONDS} s: a session uses the smaller hold time of both sides, and Calico brings 240 s. A node that dies without a word is noticed after ${HOLD_TIME_SECONDS} s.`,
    `Taken in: the ranges of Services and every prefix in them, down to single addresses, and nothing else, so no route of a pod network either: pods need VXLAN or Calico's mesh. Nothing is told to the nodes. Communities stay as they come.${tags}`,
    `ECMP over up to ${ECMP_PATHS_MAX} nodes.`,
    ...(password === ''
      ? []
      : ['The password is that of the Secret that the BGPPeers name, without a line break at its end.']),
    'Nodes send a usual TTL: no TTL security (GTSM) here.',
  ];
}
