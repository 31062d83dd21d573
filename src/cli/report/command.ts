import { DEFAULT_NAMESPACE } from '../../runtime/flags.ts';
import { CONNECTION_FLAGS } from '../cluster/flags.ts';
import type { Command } from '../framework/command.ts';
import { summaryOf } from '../framework/command-names.ts';

export const REPORT_COMMAND = {
  name: 'report',
  summary: summaryOf('report'),
  usage: ['[--to FILE]'],
  about: [
    'Use it before you report a problem: it puts into one ZIP file what is needed to understand it. It only reads the cluster.',
    'The file has the objects that decide about addresses and routes, the state of the speakers, the verdict of "berth doctor", and the logs of the Pods. It never reads a Secret. Passwords, tokens and keys in other objects and in logs are taken out. What cannot be read is listed in its index.',
    'It still names your Services, nodes and addresses: look through it before you give it to anybody.',
  ],
  flags: {
    to: {
      kind: 'text',
      value: 'FILE',
      help: 'the file that is written; it must not exist; default: berth-report-TIME.zip in this folder',
    },
    'pool-namespace': {
      kind: 'text',
      short: 'n',
      value: 'NAME',
      fallback: DEFAULT_NAMESPACE,
      help: 'namespace of the controller, the speakers and the pools',
      environment: 'METALLB_NAMESPACE',
    },
    'log-lines': {
      kind: 'number',
      value: 'COUNT',
      fallback: '2000',
      help: 'the last lines of the log of each container; 0 leaves logs out',
    },
    ...CONNECTION_FLAGS,
  },
  exitCodes: { 5: 'part of the cluster could not be read; the file has the rest' },
  examples: [
    { description: 'make a bundle for a bug report', commandLine: 'berth report' },
    { description: 'look into it', commandLine: 'berth report --to r.zip && unzip -p r.zip index.txt' },
  ],
} as const satisfies Command;
