/** Flags of the words that ask speakers: `berth bgp peers`, `routes` and `why`. */
import type { FlagTable } from '../../../base/flags.ts';
import { DEFAULT_NAMESPACE } from '../../../runtime/flags.ts';
import { CONNECTION_FLAGS } from '../../cluster/flags.ts';

export const SPEAKER_QUERY_FLAGS = {
  node: {
    kind: 'texts',
    value: 'NAME',
    help: 'peers, routes, why: ask the speaker of this node; repeatable',
  },
  speaker: {
    kind: 'texts',
    value: 'URL',
    help: 'peers, routes, why: ask this view port, without a cluster; repeatable',
  },
  'speaker-namespace': {
    kind: 'text',
    value: 'NAME',
    fallback: DEFAULT_NAMESPACE,
    help: 'peers, routes, why: where the speakers run',
    environment: 'METALLB_NAMESPACE',
  },
  ...CONNECTION_FLAGS,
} as const satisfies FlagTable;

export const ROUTES_FLAGS = {
  peer: { kind: 'text', value: 'NAME', help: 'routes: those to this BGPPeer alone' },
} as const satisfies FlagTable;

export const WHY_FLAGS = {
  namespace: {
    kind: 'text',
    short: 'n',
    value: 'NAME',
    help: "why: namespace of the Service; the context's own, else default",
  },
} as const satisfies FlagTable;
