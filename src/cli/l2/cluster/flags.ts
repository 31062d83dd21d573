/** Flags of the commands that read who answers by layer 2: `berth l2 owners`, `why` and `rebalance`. */
import type { Flags, FlagTable } from '../../../base/flags.ts';
import {
  CONNECTION_FLAGS,
  FILES_FLAG_HELP,
  OUTPUT_FLAG,
  RECURSIVE_FLAG,
  SPEAKER_NAMESPACE_FLAG,
} from '../../cluster/flags.ts';

export const LAYER2_QUERY_FLAGS = {
  file: { kind: 'texts', short: 'f', value: 'FILE', help: `read no cluster, but this: ${FILES_FLAG_HELP}` },
  ...RECURSIVE_FLAG,
  ...SPEAKER_NAMESPACE_FLAG,
  'lb-class': {
    kind: 'text',
    value: 'CLASS',
    help: "the speakers' --lb-class: they serve only Services of this class",
  },
  config: {
    kind: 'text',
    value: 'NAME',
    help: "the speakers' --config: the ConfigMap of MetalLB 0.12 that they run from; their Pods say it, too",
  },
  ...OUTPUT_FLAG,
  ...CONNECTION_FLAGS,
} as const satisfies FlagTable;

export type Layer2QueryFlags = Flags<typeof LAYER2_QUERY_FLAGS>;

/** For the help of each of the commands. */
export const LAYER2_QUERY_RIGHTS =
  'It reads what the speakers read, and elects as they do. It needs the rights to list Services, EndpointSlices and Nodes. In the namespace of the speakers it also lists Pods and the objects of metallb.io and berth.dev, and reads the ConfigMap that they run from.';
