/** All commands as data, for completion and for the test that compares the documentation with them. */
import { CONTROLLER_FLAGS } from '../controller/flags.ts';
import { PLAYGROUND_FLAGS } from '../playground/flags.ts';
import { SPEAKER_FLAGS } from '../speaker/flags.ts';
import { BGP_GROUP } from './bgp/command.ts';
import { CALICO_GROUP } from './calico/command.ts';
import type { CommandTable } from './completion/candidates.ts';
import { COMPLETION_COMMAND } from './completion/command.ts';
import { CONVERT_COMMAND } from './convert/command.ts';
import { CRDS_COMMAND } from './crds/command.ts';
import { DASHBOARD_COMMAND } from './dashboard/command.ts';
import { DOCTOR_COMMAND } from './doctor/command.ts';
import { EXPLAIN_COMMAND } from './explain/command.ts';
import type { Command } from './framework/command.ts';
import { summaryOf } from './framework/command-names.ts';
import { L2_GROUP } from './l2/command.ts';
import { MIGRATE_COMMAND } from './migrate/command.ts';
import { PLAN_COMMAND } from './plan/command.ts';
import { REPORT_COMMAND } from './report/command.ts';
import { STATUS_COMMAND } from './status/command.ts';
import { VERSION_COMMAND } from './version/command.ts';

// These three print help of their own.

const CONTROLLER_COMMAND: Command = {
  name: 'controller',
  summary: summaryOf('controller'),
  usage: ['[flags]'],
  about: [],
  flags: CONTROLLER_FLAGS,
  examples: [{ description: 'outside of the cluster', commandLine: 'berth controller --leader-elect=false' }],
};

const SPEAKER_COMMAND: Command = {
  name: 'speaker',
  summary: summaryOf('speaker'),
  usage: ['--node-name NODE [flags]'],
  about: [],
  flags: SPEAKER_FLAGS,
  examples: [{ description: 'outside of the cluster', commandLine: 'berth speaker --node-name worker-1' }],
};

const PLAYGROUND_COMMAND: Command = {
  name: 'playground',
  summary: summaryOf('playground'),
  usage: ['[flags]'],
  about: [],
  flags: PLAYGROUND_FLAGS,
  examples: [{ description: 'with manifests of your own', commandLine: 'berth playground -f manifests/' }],
};

export const COMMANDS: CommandTable = {
  status: STATUS_COMMAND,
  dashboard: DASHBOARD_COMMAND,
  explain: EXPLAIN_COMMAND,
  doctor: DOCTOR_COMMAND,
  report: REPORT_COMMAND,
  plan: PLAN_COMMAND,
  migrate: MIGRATE_COMMAND,
  convert: CONVERT_COMMAND,
  crds: CRDS_COMMAND,
  playground: PLAYGROUND_COMMAND,
  calico: CALICO_GROUP,
  bgp: BGP_GROUP,
  l2: L2_GROUP,
  controller: CONTROLLER_COMMAND,
  speaker: SPEAKER_COMMAND,
  completion: COMPLETION_COMMAND,
  version: VERSION_COMMAND,
};
