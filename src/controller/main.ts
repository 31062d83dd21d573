/** `berth controller`: reads flags and environment, puts the parts together, and waits for the signal to stop. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type Flags, type ParsedFlags, parseFlags } from '../base/flags.ts';
import { err, ok, type Result } from '../base/result.ts';
import { type TlsSettings, tlsSettings } from '../http/tlssettings.ts';
import { EventPoster } from '../kube/events.ts';
import { LEASE_TIMING, type LeaseTiming } from '../kube/leasetiming.ts';
import type { DeskOptions } from '../plan/desk.ts';
import { REQUEST_TIMEOUT } from '../program/main/adapters.ts';
import {
  asksForHelp,
  EXIT,
  type MainContext,
  misusedProgram,
  openFrame,
  programHelp,
  serveFrame,
} from '../program/main/frame.ts';
import { systemClock } from '../work/clock.ts';
import { CONTROLLER_FLAGS, IGNORED_FLAGS } from './flags.ts';
import { Controller } from './main/controller.ts';
import { ModelThread } from './main/modelthread.ts';
import type { ControllerSettings } from './main/settings.ts';

const TABLE = { ...CONTROLLER_FLAGS, ...IGNORED_FLAGS };

type ControllerFlags = Flags<typeof TABLE>;

export const controllerHelp = (): string =>
  programHelp(
    'controller',
    'Assigns addresses to Services of type LoadBalancer and writes them on the Services.',
    {
      flags: CONTROLLER_FLAGS,
      ignored: IGNORED_FLAGS,
      example: 'berth controller --kubeconfig ~/.kube/config --leader-elect=false --log-level debug',
    },
  );

/** The exit code: 0 told to stop, 1 something failed, 2 wrong flags. */
export async function controllerMain(args: readonly string[], context: MainContext): Promise<number> {
  if (asksForHelp(args)) {
    context.stdout.write(controllerHelp());
    return EXIT.fine;
  }
  const parsed = parseFlags(TABLE, args, context.environment);
  const settings = parsed.ok ? readSettings(parsed.value) : parsed;
  if (!parsed.ok || !settings.ok)
    return misusedProgram('controller', context, settings.ok ? [] : settings.error);
  const { flags, given } = parsed.value;
  const { tls, election } = settings.value;
  const idle = Object.keys(IGNORED_FLAGS).filter((name) => given.has(name as keyof typeof IGNORED_FLAGS));
  const frame = await openFrame('controller', { flags, idle }, context);
  if (frame === null) return EXIT.failed;
  const { client, metrics, log, namespace } = frame;
  const podName = flags['pod-name'] || hostname();
  const told: ControllerSettings = {
    namespace,
    // The Pod's name alone would not do: a container that restarts in place is another process.
    identity: `${podName}_${randomUUID()}`,
    election,
    legacyConfig: flags.config || null,
    calico: flags.calico as ControllerSettings['calico'],
    native: flags.native === 'off' ? 'off' : 'auto',
    desk: deskOptions(flags),
  };
  const poster = new EventPoster({
    client,
    clock: systemClock,
    random: Math.random,
    component: 'metallb-controller',
    instance: podName,
    timeout: REQUEST_TIMEOUT,
  });
  const model = context.script === null ? {} : { model: new ModelThread(context.script, systemClock) };
  const controller = new Controller(
    { client, clock: systemClock, random: Math.random, log, metrics, poster, ...model },
    told,
  );
  const { identity } = told;
  log.info('starting', { version: context.version, server: frame.server, namespace, identity });
  return serveFrame(frame, controller, { flags, tls, probeHost: null }, context);
}

type Settings = { readonly tls: TlsSettings; readonly election: LeaseTiming | null };

function readSettings({ flags, rest }: ParsedFlags<typeof TABLE>): Result<Settings, readonly string[]> {
  const complaints = rest.map(
    (word) => `${JSON.stringify(word)} is not a flag; the controller takes nothing else`,
  );
  const tls = tlsSettings({
    minVersion: flags['tls-min-version'],
    cipherSuites: flags['tls-cipher-suites'],
    curves: flags['tls-curve-preferences'],
  });
  if (!tls.ok) complaints.push(...tls.error);
  const timing = {
    leaseDuration: flags['lease-duration'],
    renewDeadline: flags['renew-deadline'],
    retryPeriod: flags['retry-period'],
    requestTimeout: Math.min(LEASE_TIMING.requestTimeout, flags['renew-deadline'] / 2),
  };
  if (!(timing.leaseDuration > timing.renewDeadline && timing.renewDeadline > timing.retryPeriod)) {
    complaints.push(
      '--lease-duration must be longer than --renew-deadline, and that longer than --retry-period',
    );
  }
  if (timing.retryPeriod <= 0) complaints.push('--retry-period must be longer than 0');
  if (!tls.ok || complaints.length > 0) return err(complaints);
  return ok({ tls: tls.value, election: flags['leader-elect'] ? timing : null });
}

const deskOptions = (flags: ControllerFlags): DeskOptions => ({
  lbClass: flags['lb-class'] || null,
  foreignAddresses: flags['foreign-addresses'] === 'replace' ? 'replace' : 'keep',
  ipMode: flags['ip-mode'] === 'VIP' || flags['ip-mode'] === 'Proxy' ? flags['ip-mode'] : null,
  poolGrace: flags['pool-delete-grace'],
});
