import {
  CONNECTION_FLAGS,
  FILES_FLAG_HELP,
  OUTPUT_FLAG,
  RECURSIVE_FLAG,
  SPEAKER_NAMESPACE_FLAG,
} from '../cluster/flags.ts';
import type { Command } from '../framework/command.ts';
import { summaryOf } from '../framework/command-names.ts';

export const DOCTOR_COMMAND = {
  name: 'doctor',
  summary: summaryOf('doctor'),
  usage: ['[-f PATH ...] [--complete] [--calico-version V]', '--live'],
  about: [
    'Use it before a change, or when clients do not reach an address. It finds what is wrong, whoever announces the addresses: Calico, or the speakers by BGP and by layer 2.',
    'It reads all objects that decide what is announced and changes nothing. It prints each problem with its cause and fix. Then come the routes that each router learns from Calico, with the way to configure it, and what the speakers announce.',
    'It reads the live cluster, or with -f files. Objects that the files lack are unknown, and listed as unknown. With --complete they do not exist.',
  ],
  flags: {
    file: { kind: 'texts', short: 'f', value: 'PATH', help: FILES_FLAG_HELP },
    ...RECURSIVE_FLAG,
    complete: { kind: 'switch', help: 'the files show the whole cluster: what they lack does not exist' },
    ...SPEAKER_NAMESPACE_FLAG,
    'lb-class': {
      kind: 'text',
      value: 'CLASS',
      help: "the speakers' --lb-class: they serve only Services of this class",
    },
    'calico-version': {
      kind: 'text',
      value: 'V',
      help: 'version of Calico, such as v3.31.3; default: that of ClusterInformation or the image, else the newest known',
    },
    'calico-namespace': {
      kind: 'text',
      value: 'NAME',
      help: 'namespace of calico-node and its Secrets; default: that of its DaemonSet',
    },
    'read-secrets': { kind: 'switch', help: 'check the passwords themselves, not only that they exist' },
    live: { kind: 'switch', help: 'compare with what the nodes report in CalicoNodeStatus' },
    ...OUTPUT_FLAG,
    ...CONNECTION_FLAGS,
  },
  exitCodes: {
    0: 'no errors and no warnings',
    3: 'there are warnings',
    4: 'there are errors: some traffic does not work',
    5: 'part of the cluster could not be read; the problems that are known are printed',
  },
  examples: [
    { description: 'what is wrong in this cluster?', commandLine: 'berth doctor' },
    { description: 'check manifests before they are applied', commandLine: 'berth doctor -f manifests/' },
    {
      description: 'check a saved cluster in a script',
      commandLine: 'berth doctor -f cluster.yaml --complete -o json',
    },
  ],
} as const satisfies Command;
