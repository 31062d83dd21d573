import { CONTROLLER_OPTION_FLAGS, FILES_FLAG_HELP, RECURSIVE_FLAG } from '../cluster/flags.ts';
import type { Command } from '../framework/command.ts';
import { summaryOf } from '../framework/command-names.ts';

/** The dashboard is for the machine that it runs on. */
const LOOPBACK = '127.0.0.1';

export const DASHBOARD_COMMAND = {
  name: 'dashboard',
  summary: summaryOf('dashboard'),
  usage: ['[-n NAMESPACE | -A] [-f PATH ...] [--port PORT] [--no-open]'],
  about: [
    'It shows what "berth status" says, and follows the cluster. It runs on your machine with your rights, installs nothing, and changes nothing.',
    'Only this machine reaches it, and only a browser that has its token: the address that is printed has it. With --listen, other machines reach it by HTTPS.',
    'With -f it shows a cluster in files: manifests, or what "kubectl get -A -o yaml" saved in an incident.',
    'Ctrl-C ends it.',
  ],
  flags: {
    namespace: { kind: 'text', short: 'n', value: 'NAME', help: 'only Services of this namespace' },
    'all-namespaces': {
      kind: 'switch',
      short: 'A',
      help: 'Services of all namespaces: the default for those who may read them',
    },
    port: {
      kind: 'number',
      value: 'PORT',
      fallback: '0',
      min: 0,
      max: 65535,
      help: 'port; 0 takes a free one',
    },
    listen: {
      kind: 'text',
      value: 'ADDRESS',
      fallback: LOOPBACK,
      help: 'IP address to listen on; one that other machines reach needs --tls-cert and --tls-key',
    },
    'tls-cert': { kind: 'text', value: 'FILE', help: 'certificate of the address, as PEM' },
    'tls-key': { kind: 'text', value: 'FILE', help: 'its private key, as PEM' },
    'no-open': { kind: 'switch', help: 'print the address, and open no browser' },
    file: { kind: 'texts', short: 'f', value: 'PATH', help: FILES_FLAG_HELP },
    ...RECURSIVE_FLAG,
    ...CONTROLLER_OPTION_FLAGS,
  },
  exitCodes: { 0: 'it was ended' },
  examples: [
    { description: 'look at the cluster', commandLine: 'berth dashboard' },
    { description: 'on a machine without a browser', commandLine: 'berth dashboard --no-open --port 8090' },
    {
      description: 'from a jump host, with a certificate for its address',
      commandLine: 'berth dashboard --no-open --listen 192.0.2.7 --tls-cert jump.crt --tls-key jump.key',
    },
    { description: 'an incident, from what was saved', commandLine: 'berth dashboard -f incident.yaml' },
  ],
} as const satisfies Command;
