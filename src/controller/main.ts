/** `berth controller`: reads flags and environment, puts the parts together, and waits for the signal to stop. */
import { randomUUID } from 'node:crypto';
import { homedir, hostname } from 'node:os';
import type { Writable } from 'node:stream';
import type { Millis } from '../base/clock.ts';
import { describeFlags, type Environment, type Flags, type ParsedFlags, parseFlags } from '../base/flags.ts';
import { err, ok, type Result } from '../base/result.ts';
import { type TlsSettings, tlsSettings } from '../http/tlssettings.ts';
import { KubeClient } from '../kube/client.ts';
import { EventPoster } from '../kube/events.ts';
import { findTarget } from '../kube/findtarget.ts';
import { LEASE_TIMING, type LeaseTiming } from '../kube/leasetiming.ts';
import type { KubeTarget } from '../kube/target.ts';
import { createLog, type Log, type LogLevel } from '../observe/log.ts';
import { Metrics } from '../observe/metrics.ts';
import { logStyle, streamSink } from '../observe/sink.ts';
import type { DeskOptions } from '../plan/desk.ts';
import { systemClock } from '../work/clock.ts';
import { CONTROLLER_FLAGS, DEFAULT_NAMESPACE, IGNORED_FLAGS } from './flags.ts';
import { REQUEST_TIMEOUT } from './main/adapters.ts';
import { Controller } from './main/controller.ts';
import { keepHeapSmall } from './main/heap.ts';
import { ModelThread } from './main/modelthread.ts';
import { openPorts } from './main/openports.ts';
import type { ControllerSettings } from './main/settings.ts';

export const EXIT = { fine: 0, failed: 1, usage: 2 } as const;

/** Any long time: all that counts is that something is pending. */
const LIFE_EVERY: Millis = 3_600_000;

const TABLE = { ...CONTROLLER_FLAGS, ...IGNORED_FLAGS };

type ControllerFlags = Flags<typeof TABLE>;

export type MainContext = {
  readonly environment: Environment;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable;
  readonly version: string;
  /** Aborted by SIGTERM and SIGINT. */
  readonly signal: AbortSignal;
  /** A program and its arguments that print a self-signed certificate; null where there is none. */
  /** This very program, where it was built: a thread is started from it. Null where it was not. */
  readonly script: string | null;
  readonly certificateCommand: readonly [string, ...string[]] | null;
};

export const controllerHelp =
  (): string => `Assigns addresses to Services of type LoadBalancer and writes them on the Services.

Usage: berth controller [flags]

Flags:
${describeFlags(CONTROLLER_FLAGS)}

Accepted for MetalLB's manifests, without meaning here:
  ${Object.keys(IGNORED_FLAGS)
    .map((name) => `--${name}`)
    .join('  ')
    .replace(/(.{1,92})(?: {2}|$)/g, '$1\n  ')
    .trimEnd()}

Example:
  berth controller --kubeconfig ~/.kube/config --leader-elect=false --log-level debug
`;

/** The exit code: 0 told to stop, 1 something failed, 2 wrong flags. */
export async function controllerMain(args: readonly string[], context: MainContext): Promise<number> {
  if (args.some((arg) => arg === '--help' || arg === '-h' || arg === '-help')) {
    context.stdout.write(controllerHelp());
    return EXIT.fine;
  }
  const parsed = parseFlags(TABLE, args, context.environment);
  const settings = parsed.ok ? readSettings(parsed.value) : parsed;
  if (!parsed.ok || !settings.ok) {
    for (const complaint of settings.ok ? [] : settings.error)
      context.stderr.write(`berth controller: ${complaint}\n`);
    context.stderr.write('berth controller --help lists the flags\n');
    return EXIT.usage;
  }
  keepHeapSmall();
  const { flags, given } = parsed.value;
  const log = createLog({
    level: flags['log-level'] as LogLevel,
    sink: streamSink(context.stdout),
    clock: systemClock,
    ...logStyle(context.stdout, context.environment),
  });
  const idle = Object.keys(IGNORED_FLAGS).filter((name) => given.has(name as keyof typeof IGNORED_FLAGS));
  if (idle.length > 0) log.info('flags of MetalLB without meaning here', { flags: idle });
  const target = await findTarget({
    kubeconfig: flags.kubeconfig,
    context: flags.context,
    environment: context.environment,
    home: homedir(),
    clock: systemClock,
  });
  if (!target.ok) {
    const { kubeconfig } = flags;
    log.error('cannot tell which cluster to talk to', { because: target.error, kubeconfig });
    return EXIT.failed;
  }
  return serve(context, { flags, log, target: target.value, ...settings.value });
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

type Parts = Settings & { readonly flags: ControllerFlags; readonly log: Log; readonly target: KubeTarget };

async function serve(context: MainContext, { flags, log, target, tls, election }: Parts): Promise<number> {
  const client = new KubeClient({
    target,
    clock: systemClock,
    userAgent: `berth/${context.version} (controller)`,
  });
  const metrics = new Metrics(context.version);
  // The namespace of a kubeconfig's context is where its user happens to work, not where the pools are.
  const podNamespace = flags.kubeconfig === '' ? target.namespace : null;
  const namespace = flags.namespace || podNamespace || DEFAULT_NAMESPACE;
  const podName = flags['pod-name'] || hostname();
  const settings: ControllerSettings = {
    namespace,
    // The Pod's name alone would not do: a container that restarts in place is another process.
    identity: `${podName}_${randomUUID()}`,
    election,
    legacyConfig: flags.config || null,
    calico: flags.calico as ControllerSettings['calico'],
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
  const controller = new Controller(
    { client, clock: systemClock, random: Math.random, log, metrics, poster, ...modelOf(context) },
    settings,
  );
  log.info('starting', {
    version: context.version,
    server: target.describe,
    namespace,
    identity: settings.identity,
  });
  const ports = await openPorts(
    {
      metricsPort: flags.port,
      plainHttp: flags['metrics-plain-http'],
      certificateDir: flags['metrics-cert-dir'],
      tls,
      probePort: flags['health-probe-port'],
      certificateCommand: context.certificateCommand,
    },
    { client, clock: systemClock, log, metrics, notReady: () => controller.notReady() },
  );
  if (!ports.ok) {
    log.error('a port cannot be opened', { because: ports.error });
    return EXIT.failed;
  }
  // The clock's timers keep no process alive, and without ports and a server to talk to nothing else would.
  const life = setInterval(() => {}, LIFE_EVERY);
  try {
    await controller.run(context.signal);
    log.info('stopped');
    return EXIT.fine;
  } catch (error) {
    log.error('a fault of ours: the process ends, to be started clean', { error });
    return EXIT.failed;
  } finally {
    clearInterval(life);
    await Promise.all(ports.value.map((port) => port.close()));
    client.close();
  }
}

const modelOf = ({ script }: MainContext) =>
  script === null ? {} : { model: new ModelThread(script, systemClock) };

const deskOptions = (flags: ControllerFlags): DeskOptions => ({
  lbClass: flags['lb-class'] || null,
  foreignAddresses: flags['foreign-addresses'] === 'replace' ? 'replace' : 'keep',
  ipMode: flags['ip-mode'] === 'VIP' || flags['ip-mode'] === 'Proxy' ? flags['ip-mode'] : null,
  poolGrace: flags['pool-delete-grace'],
});
