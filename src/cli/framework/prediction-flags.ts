/** The flags of the commands that print a prediction for a file. */
import type { FlagTable } from '../../base/flags.ts';

export const PREDICTION_FLAGS = {
  file: {
    kind: 'text',
    short: 'f',
    value: 'FILE',
    help: 'the cluster and the steps, as JSON; or manifests; - for standard input',
  },
} as const satisfies FlagTable;
