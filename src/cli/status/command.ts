import { CONTROLLER_OPTION_FLAGS, FILES_FLAG_HELP, OUTPUT_FLAG, RECURSIVE_FLAG } from '../cluster/flags.ts';
import type { Command } from '../framework/command.ts';
import { summaryOf } from '../framework/command-names.ts';

export const STATUS_COMMAND = {
  name: 'status',
  summary: summaryOf('status'),
  usage: ['[-n NAMESPACE | -A] [-f PATH ...]', '--wait [--timeout TIME]', '--watch'],
  about: [
    'Begin with it: when somebody reports a problem, after an installation, and after every change.',
    'Problems come first, each with the object, the fix, and the command that shows more. Then there is a line for each part: the controller, the pools, the Services, and who announces the addresses.',
    'It reads what you may read, and changes nothing. What it may not read it names, and says nothing about it. So a tenant can use it for one namespace with -n.',
    'With -f it reads files: manifests, or what "kubectl get -A -o yaml" saved in an incident.',
  ],
  flags: {
    namespace: { kind: 'text', short: 'n', value: 'NAME', help: 'only Services of this namespace' },
    'all-namespaces': {
      kind: 'switch',
      short: 'A',
      help: 'Services of all namespaces: the default for those who may read them',
    },
    watch: { kind: 'switch', short: 'w', help: 'follow the cluster until Ctrl-C' },
    wait: { kind: 'switch', help: 'end when there is no error, and every Service was reconciled' },
    timeout: {
      kind: 'duration',
      value: 'TIME',
      fallback: '300s',
      help: 'how long --wait waits',
    },
    'fail-on': {
      kind: 'text',
      choices: ['warnings', 'errors'],
      fallback: 'warnings',
      help: 'with errors, warnings alone end with 0',
    },
    file: { kind: 'texts', short: 'f', value: 'PATH', help: FILES_FLAG_HELP },
    ...RECURSIVE_FLAG,
    ...OUTPUT_FLAG,
    ...CONTROLLER_OPTION_FLAGS,
  },
  exitCodes: {
    0: 'no errors and no warnings',
    3: 'there are warnings, and not --fail-on=errors',
    4: 'there are errors: some traffic does not work',
    5: 'part of the cluster could not be read; the problems that are known are printed',
  },
  examples: [
    { description: 'what is wrong, and what to do?', commandLine: 'berth status' },
    { description: 'after an installation, in a script', commandLine: 'berth status --wait --timeout 120s' },
    { description: 'for the owner of one namespace', commandLine: 'berth status -n shop' },
  ],
} as const satisfies Command;
