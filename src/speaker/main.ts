/** `berth speaker`: reads flags and environment, puts the parts together, and waits for the signal to stop. */
import { hostname } from 'node:os';
import { type Flags, type ParsedFlags, parseFlags } from '../base/flags.ts';
import { err, ok, type Result } from '../base/result.ts';
import { type TlsSettings, tlsSettings } from '../http/tlssettings.ts';
import { EventPoster } from '../kube/events.ts';
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
import { Listener } from '../sockets/listener.ts';
import { systemClock } from '../work/clock.ts';
import { IGNORED_FLAGS, SPEAKER_FLAGS } from './flags.ts';
import { openLines } from './main/lines.ts';
import { SpeakerProgram } from './main/speaker.ts';
import { serveView } from './main/viewport.ts';

const TABLE = { ...SPEAKER_FLAGS, ...IGNORED_FLAGS };

type SpeakerTable = Flags<typeof TABLE>;

/** The kubelet asks from the node itself, and in its network everybody else could. */
const PROBE_HOST = '127.0.0.1';

const speakerHelp = (): string =>
  programHelp('speaker', 'Announces the addresses of Services from one node to its routers, by BGP.', {
    flags: SPEAKER_FLAGS,
    ignored: IGNORED_FLAGS,
    example: 'berth speaker --node-name worker-1 --kubeconfig ~/.kube/config --log-level debug',
  });

/** The exit code: 0 told to stop, 1 something failed, 2 wrong flags. */
export async function speakerMain(args: readonly string[], context: MainContext): Promise<number> {
  if (asksForHelp(args)) {
    context.stdout.write(speakerHelp());
    return EXIT.fine;
  }
  const parsed = parseFlags(TABLE, args, context.environment);
  const tls = parsed.ok ? readTls(parsed.value) : parsed;
  if (!parsed.ok || !tls.ok) return misusedProgram('speaker', context, tls.ok ? [] : tls.error);
  const { flags, given } = parsed.value;
  const idle = Object.keys(IGNORED_FLAGS).filter((name) => given.has(name as keyof typeof IGNORED_FLAGS));
  const frame = await openFrame('speaker', { flags, idle }, context);
  if (frame === null) return EXIT.failed;
  const { client, metrics, log, namespace, server } = frame;
  const listener = await listen(flags);
  if (listener?.ok === false) {
    log.error('a port cannot be opened', { because: listener.error });
    return EXIT.failed;
  }
  const around = { clock: systemClock, random: Math.random, log };
  const poster = new EventPoster({
    ...{ client, clock: systemClock, random: Math.random },
    component: 'metallb-speaker',
    instance: flags['pod-name'] || hostname(),
    timeout: REQUEST_TIMEOUT,
  });
  const node = flags['node-name'];
  const openLine = openLines(around, listener?.value ?? null);
  const speaker = new SpeakerProgram(
    { ...around, client, metrics, poster, openLine },
    {
      ...{ namespace, node },
      flags: { lbClass: flags['lb-class'] || null, ignoreExcludeLabel: flags['ignore-exclude-lb'] },
      drainWait: flags['drain-wait'],
      drainOnCordon: flags['drain-on-cordon'],
      podName: flags['pod-name'],
      statusLimit: flags['service-bgp-status-limit'],
    },
  );
  log.info('starting', { version: context.version, server, namespace, node });
  const port = flags['view-port'];
  const view = port === 0 ? null : await serveView(speaker.view(), { port, host: null, log });
  // Nobody's traffic depends on it.
  if (view?.ok === false) log.warn('nobody can ask this speaker', { because: view.error });
  const code = await serveFrame(frame, speaker, { flags, tls: tls.value, probeHost: PROBE_HOST }, context);
  listener?.value.close();
  if (view?.ok) await view.value.close();
  return code;
}

const listen = (flags: SpeakerTable): Promise<Result<Listener, string>> | null =>
  flags['listen-port'] === 0 ? null : Listener.open([4, 6], flags['listen-port']);

function readTls({ flags, rest }: ParsedFlags<typeof TABLE>): Result<TlsSettings, readonly string[]> {
  const complaints = rest.map(
    (word) => `${JSON.stringify(word)} is not a flag; the speaker takes nothing else`,
  );
  if (flags['node-name'] === '')
    complaints.push('--node-name, or METALLB_NODE_NAME, must say which Node it speaks for');
  const tls = tlsSettings({
    minVersion: flags['tls-min-version'],
    cipherSuites: flags['tls-cipher-suites'],
    curves: flags['tls-curve-preferences'],
  });
  if (!tls.ok) complaints.push(...tls.error);
  return tls.ok && complaints.length === 0 ? ok(tls.value) : err(complaints);
}
