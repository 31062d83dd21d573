/** The playground's flags. */
import type { FlagTable } from '../base/flags.ts';

export const PLAYGROUND_FLAGS = {
  once: {
    kind: 'switch',
    help: 'print the table and end: 0 when every Service that should have an address has one, else 1',
  },
  native: {
    kind: 'switch',
    help: 'run a speaker for each Node, and routers that they tell their routes to, by BGP over loopback',
  },
  file: {
    kind: 'texts',
    short: 'f',
    value: 'PATH',
    help: 'apply these files and folders instead of the examples; may be given more than once',
  },
  port: {
    kind: 'number',
    value: 'PORT',
    fallback: '0',
    help: 'where the API server listens, on 127.0.0.1; 0 takes any free port',
  },
  kubeconfig: {
    kind: 'text',
    value: 'FILE',
    help: 'write the kubeconfig to this file; without it to a temporary one',
  },
  quiet: { kind: 'switch', help: 'the table, and a line for each change: nothing else' },
  log: { kind: 'switch', help: 'print the log of the controller and the speakers too, on stderr' },
} as const satisfies FlagTable;
