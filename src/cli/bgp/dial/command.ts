/** Flags of `berth bgp dial`. */
import type { FlagTable } from '../../../base/flags.ts';

export const DIAL_FLAGS = {
  as: { kind: 'text', value: 'N', help: 'dial: our own AS; has to be said' },
  'peer-as': {
    kind: 'text',
    value: 'N',
    help: 'dial: the AS of the router; or internal, or external, for any that is not ours; has to be said',
  },
  source: { kind: 'text', value: 'IP', help: 'dial: the address of this node to dial from' },
  'router-id': {
    kind: 'text',
    value: 'IP',
    help: 'dial: our BGP Identifier, if not the source or the first IPv4 address of this node',
  },
  'password-file': { kind: 'text', value: 'FILE', help: 'dial: holds the password (TCP MD5)' },
  'ttl-security': {
    kind: 'number',
    max: 254,
    fallback: '0',
    value: 'HOPS',
    help: 'dial: how many hops away the router may be (GTSM); 0 for no such check',
  },
  hold: { kind: 'number', fallback: '90', value: 'SECONDS', help: 'dial: the hold time that is offered' },
  announce: {
    kind: 'texts',
    value: 'PREFIX',
    help: 'dial: announce this for as long as it lasts; repeatable',
  },
  'next-hop': {
    kind: 'texts',
    value: 'IP',
    help: 'dial: where announced prefixes are sent, if not to us; one of each family',
  },
  for: {
    kind: 'number',
    fallback: '10',
    value: 'SECONDS',
    help: 'dial: how long in all; 0 for until Ctrl-C',
  },
  listen: { kind: 'switch', help: 'dial: wait on PORT, 179 unless said, for ADDRESS to dial us instead' },
} as const satisfies FlagTable;
