/** Entry point of `berth speaker`: reads flags and environment, wires the components, and runs until a stop signal. */

import { EXIT_CODES } from '../base/exit-codes.ts';
import type { Flags, ParsedFlags } from '../base/flags.ts';
import { err, ok, type Result } from '../base/result.ts';
import { createBfdSessions } from '../bfd/transport/create-sessions.ts';
import { BgpListener } from '../bgp/transport/bgp-listener.ts';
import type { TlsSettings } from '../http-server/tls-settings.ts';
import { parseAddress } from '../net/address.ts';
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
import { IGNORED_SPEAKER_FLAGS, SPEAKER_FLAGS } from './flags.ts';
import { layer2Settings } from './main/layer2/layer2-settings.ts';
import { sessionOpener } from './main/session-drivers.ts';
import { SpeakerProgram } from './main/speaker-program.ts';
import { serveStatusApi } from './main/status-server.ts';

const FLAG_TABLE = { ...SPEAKER_FLAGS, ...IGNORED_SPEAKER_FLAGS };

type SpeakerFlagValues = Flags<typeof FLAG_TABLE>;

/** The speaker uses the host network: probes come from the kubelet on the node, and nobody else should reach them. */
const PROBE_HOST = '127.0.0.1';

const speakerHelp = (columns: number): string =>
  formatProgramHelp(
    'speaker',
    'Announces the addresses of Services from one node: to its routers by BGP, and on its networks by ARP and NDP.',
    {
      flags: SPEAKER_FLAGS,
      ignored: IGNORED_SPEAKER_FLAGS,
      example: 'berth speaker --node-name worker-1 --kubeconfig ~/.kube/config --log-level debug',
    },
    columns,
  );

/** Returns the exit code: 0 stopped by a signal, 1 failure, 2 invalid flags. */
export async function speakerMain(args: readonly string[], context: ProcessContext): Promise<number> {
  const reader = { table: FLAG_TABLE, help: speakerHelp, read: readTlsSettings };
  const started = readProgramFlags('speaker', reader, args, context);
  if (started.kind === 'exit') return started.code;
  const { flags, given } = started.parsed;
  const tls = started.settings;
  const ignoredFlags = givenOf(IGNORED_SPEAKER_FLAGS, given);
  const runtime = await bootstrapProgram('speaker', { flags, ignoredFlags }, context);
  if (runtime === null) return EXIT_CODES.failure;
  const { client, metrics, log, namespace, server } = runtime;
  const listener = await openListener(flags);
  if (listener?.ok === false) {
    log.error('cannot open the BGP listen port', { because: listener.error });
    return EXIT_CODES.failure;
  }
  const driverContext = { clock: systemClock, random: Math.random, log };
  const node = flags['node-name'];
  const openSession = sessionOpener(driverContext, listener?.value ?? null);
  const bfdSessions = createBfdSessions({
    ...{ script: context.script, clock: systemClock },
    failed: (because) => log.error('BFD ended, and starts again', { because }),
  });
  const legacyConfig = await legacyConfigOf(flags.config);
  const poster = programEvents('speaker', client, podNameOf(flags['pod-name']));
  const speaker = new SpeakerProgram(
    {
      ...{ ...driverContext, client, metrics, poster, openSession, bfdSessions },
      layer2: layer2Settings(flags, context.script, log),
    },
    {
      ...{ namespace, node, legacyConfig },
      flags: { lbClass: flags['lb-class'] || null, ignoreExcludeLabel: flags['ignore-exclude-lb'] },
      drainWait: flags['drain-wait'],
      drainOnCordon: flags['drain-on-cordon'],
      podName: flags['pod-name'],
      serviceBgpStatusLimit: flags['service-bgp-status-limit'],
    },
  );
  log.info('starting', { version: context.version, server, namespace, node });
  const { 'view-port': port, 'view-host': host } = flags;
  const statusServer = port === 0 ? null : await serveStatusApi(speaker.statusApi(), { port, host, log });
  if (port !== 0 && !given.has('view-host'))
    log.info('the view port is open to this node only, set --view-host for berth bgp', { host, port });
  // No traffic depends on it, so the speaker runs without it.
  if (statusServer?.ok === false)
    log.warn('cannot open the status port, berth bgp cannot query this speaker', {
      because: statusServer.error,
    });
  const code = await serveProgram(runtime, speaker, { flags, tls, probeHost: PROBE_HOST }, context);
  listener?.value.close();
  if (statusServer?.ok) await statusServer.value.close();
  return code;
}

const openListener = (flags: SpeakerFlagValues): Promise<Result<BgpListener, string>> | null =>
  flags['listen-port'] === 0 ? null : BgpListener.open([4, 6], flags['listen-port']);

function readTlsSettings({
  flags,
  positionals,
}: ParsedFlags<typeof FLAG_TABLE>): Result<TlsSettings, readonly string[]> {
  const errors = positionals.map(
    (argument) => `${JSON.stringify(argument)} is not a flag; the speaker accepts only flags`,
  );
  if (flags['node-name'] === '')
    errors.push(
      '--node-name is required (or METALLB_NODE_NAME): the name of the Node that this speaker runs on',
    );
  const host = flags['view-host'];
  if (!parseAddress(host).ok)
    errors.push(`--view-host ${JSON.stringify(host)} is not an IP address: give the one of this node or Pod`);
  const bindAddress = flags['ml-bindaddr'];
  if (bindAddress !== '' && !parseAddress(bindAddress).ok)
    errors.push(
      `--ml-bindaddr ${JSON.stringify(bindAddress)} is not an IP address: give the one where other speakers reach this one`,
    );
  const tls = tlsSettingsOf(flags);
  if (!tls.ok) errors.push(...tls.error);
  return tls.ok && errors.length === 0 ? ok(tls.value) : err(errors);
}
