/** The command-line flags of `berth playground`. */
import type { FlagTable } from '../base/flags.ts';
import { DEFAULT_NAMESPACE } from '../runtime/flags.ts';

export const PLAYGROUND_FLAGS = {
  once: {
    kind: 'switch',
    help: 'print the table and end: 0 when every Service that should have an address has one, else 1',
  },
  native: {
    kind: 'switch',
    help: 'run a speaker for each Node, and simulated routers that learn its routes by BGP over loopback',
  },
  file: {
    kind: 'texts',
    short: 'f',
    value: 'PATH',
    help: 'apply these files and folders instead of the examples; may be repeated',
  },
  namespace: {
    kind: 'text',
    short: 'n',
    value: 'NS',
    help: 'namespace of objects that name none; without the flag, default',
  },
  'pool-namespace': {
    kind: 'text',
    value: 'NAME',
    fallback: DEFAULT_NAMESPACE,
    help: 'namespace of the controller, the speakers and the objects of metallb.io in your files',
    environment: 'METALLB_NAMESPACE',
  },
  'create-namespace': {
    kind: 'switch',
    help: 'create the namespaces of the objects where they are missing',
  },
  port: {
    kind: 'number',
    value: 'PORT',
    fallback: '0',
    help: 'port of the API server on 127.0.0.1; 0 takes any free port',
  },
  kubeconfig: {
    kind: 'text',
    value: 'FILE',
    help: 'write the kubeconfig to this file; without the flag, to a temporary file',
  },
  quiet: { kind: 'switch', help: 'print only the table and a line for each change' },
  log: { kind: 'switch', help: 'also print the log of the controller and the speakers, on stderr' },
} as const satisfies FlagTable;
