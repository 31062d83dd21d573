/** `berth controller`: reads flags and environment, creates the controller, and runs it until the signal to stop. */

import { randomUUID } from 'node:crypto';
import type { AllocatorOptions } from '../allocation/allocator.ts';
import { EXIT_CODES } from '../base/exit-codes.ts';
import type { Flags, ParsedFlags } from '../base/flags.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { TlsSettings } from '../http-server/tls-settings.ts';
import { LEASE_TIMING, type LeaseTiming } from '../kube/election/lease-timing.ts';
import {
  bootstrapProgram,
  formatProgramHelp,
  type ProcessContext,
  serveProgram,
} from '../runtime/main/bootstrap.ts';
import {
  givenOf,
  legacyConfigOf,
  podNameOf,
  programEvents,
  readProgramFlags,
  tlsSettingsOf,
} from '../runtime/main/program-flags.ts';
import { systemClock } from '../workqueue/system-clock.ts';
import { CONTROLLER_FLAGS, IGNORED_FLAGS } from './flags.ts';
import { ModelThread } from './main/announced/calico/model-thread.ts';
import { Controller } from './main/controller.ts';
import type { ControllerSettings } from './main/settings.ts';

const FLAG_TABLE = { ...CONTROLLER_FLAGS, ...IGNORED_FLAGS };

type ControllerFlags = Flags<typeof FLAG_TABLE>;

export const formatControllerHelp = (columns?: number): string =>
  formatProgramHelp(
    'controller',
    'Assigns addresses to Services of type LoadBalancer and writes them on the Services.',
    {
      flags: CONTROLLER_FLAGS,
      ignored: IGNORED_FLAGS,
      example: 'berth controller --kubeconfig ~/.kube/config --leader-elect=false --log-level debug',
    },
    columns,
  );

/** Returns the exit code: 0 after a stop, 1 after a failure, 2 for wrong flags. */
export async function controllerMain(args: readonly string[], context: ProcessContext): Promise<number> {
  const reader = { table: FLAG_TABLE, help: formatControllerHelp, read: parseSettings };
  const started = readProgramFlags('controller', reader, args, context);
  if (started.kind === 'exit') return started.code;
  const { flags, given } = started.parsed;
  const { tls, election } = started.settings;
  const ignoredFlags = givenOf(IGNORED_FLAGS, given);
  const runtime = await bootstrapProgram('controller', { flags, ignoredFlags }, context);
  if (runtime === null) return EXIT_CODES.failure;
  const { client, metrics, log, namespace } = runtime;
  const podName = podNameOf(flags['pod-name']);
  const controllerSettings: ControllerSettings = {
    namespace,
    // The Pod's name alone is not enough: a container that restarts in place is another process.
    identity: `${podName}_${randomUUID()}`,
    election,
    legacyConfig: await legacyConfigOf(flags.config),
    speakerSecret: flags['ml-secret-name'],
    calico: flags.calico as ControllerSettings['calico'],
    native: flags.native === 'off' ? 'off' : 'auto',
    allocator: readAllocatorOptions(flags, namespace),
  };
  const poster = programEvents('controller', client, podName);
  const model = context.script === null ? {} : { model: new ModelThread(context.script, systemClock) };
  const controller = new Controller(
    { client, clock: systemClock, random: Math.random, log, metrics, poster, ...model },
    controllerSettings,
  );
  const { identity } = controllerSettings;
  log.info('starting', { version: context.version, server: runtime.server, namespace, identity });
  return serveProgram(runtime, controller, { flags, tls, probeHost: null }, context);
}

type ParsedSettings = { readonly tls: TlsSettings; readonly election: LeaseTiming | null };

function parseSettings({
  flags,
  positionals,
}: ParsedFlags<typeof FLAG_TABLE>): Result<ParsedSettings, readonly string[]> {
  const errors = positionals.map(
    (argument) => `${JSON.stringify(argument)} is not a flag; the controller takes nothing else`,
  );
  const tls = tlsSettingsOf(flags);
  if (!tls.ok) errors.push(...tls.error);
  const timing = {
    leaseDuration: flags['lease-duration'],
    renewDeadline: flags['renew-deadline'],
    retryPeriod: flags['retry-period'],
    requestTimeout: Math.min(LEASE_TIMING.requestTimeout, flags['renew-deadline'] / 2),
  };
  if (!(timing.leaseDuration > timing.renewDeadline && timing.renewDeadline > timing.retryPeriod)) {
    errors.push('--lease-duration must be longer than --renew-deadline, and that longer than --retry-period');
  }
  if (timing.retryPeriod <= 0) errors.push('--retry-period must be longer than 0');
  if (!tls.ok || errors.length > 0) return err(errors);
  return ok({ tls: tls.value, election: flags['leader-elect'] ? timing : null });
}

const readAllocatorOptions = (flags: ControllerFlags, poolNamespace: string): AllocatorOptions => ({
  poolNamespace,
  lbClass: flags['lb-class'] || null,
  foreignAddresses: flags['foreign-addresses'] === 'replace' ? 'replace' : 'keep',
  unmetRequests: flags['unmet-requests'] === 'release' ? 'release' : 'keep',
  ipMode: flags['ip-mode'] === 'VIP' || flags['ip-mode'] === 'Proxy' ? flags['ip-mode'] : null,
  poolGrace: flags['pool-delete-grace'],
});
