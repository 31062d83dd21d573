/** A program's two ports: probes for the kubelet, metrics for those who may read them. */
import type { Clock } from '../../base/clock.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Listening } from '../../http/listen.ts';
import type { TlsSettings } from '../../http/tlssettings.ts';
import type { ApiSender } from '../../kube/outcome.ts';
import { Reviewer } from '../../kube/review.ts';
import type { Log } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';

export type PortOptions = {
  readonly metricsPort: number;
  readonly plainHttp: boolean;
  /** '' where a certificate is to be made. */
  readonly certificateDir: string;
  readonly tls: TlsSettings;
  readonly probePort: number;
  /** Null for all addresses. */
  readonly probeHost: string | null;
  /** A program and its arguments that print a self-signed certificate; null where there is none. */
  readonly certificateCommand: readonly [string, ...string[]] | null;
};

export type PortContext = {
  readonly client: ApiSender;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly notReady: () => string | null;
};

/** Names on a certificate that nobody verifies. */
const CERTIFICATE_NAMES = ['berth', 'localhost'];

/** What is imported here is paid for only by ports that are on. The error is a sentence. */
export async function openPorts(
  options: PortOptions,
  context: PortContext,
): Promise<Result<readonly Listening[], string>> {
  const open: Listening[] = [];
  const onTrouble = (sentence: string, error: unknown): void => context.log.warn(sentence, { error });
  for (const opening of [openProbes, openMetrics]) {
    const opened = await opening(options, context, onTrouble);
    if (opened === null) continue;
    if (!opened.ok) {
      await Promise.all(open.map((port) => port.close()));
      return err(opened.error);
    }
    open.push(opened.value);
  }
  return ok(open);
}

type Opened = Promise<Result<Listening, string> | null>;
type OnTrouble = (sentence: string, error: unknown) => void;

async function openProbes(options: PortOptions, { notReady }: PortContext, onTrouble: OnTrouble): Opened {
  if (options.probePort === 0) return null;
  const { serveProbes } = await import('../../http/probes.ts');
  // A loop that does not turn does not answer: that it answers is all there is to say.
  return serveProbes({
    port: options.probePort,
    host: options.probeHost,
    alive: () => null,
    ready: notReady,
    onTrouble,
  });
}

async function openMetrics(options: PortOptions, context: PortContext, onTrouble: OnTrouble): Opened {
  if (options.metricsPort === 0) return null;
  const { serveMetrics } = await import('../../http/metricsserver.ts');
  const { clock, metrics, client } = context;
  const base = { port: options.metricsPort, host: null, metrics, clock, onTrouble };
  if (options.plainHttp) return serveMetrics({ ...base, access: { kind: 'http' } });
  const { certificateFrom, certificateMadeBy } = await import('../../http/certificate.ts');
  const { makeSelfSigned, SELF_SIGNED_LIFE } = await import('../../http/selfsigned.ts');
  const certificate =
    options.certificateDir !== ''
      ? certificateFrom(options.certificateDir)
      : certificateMadeBy(() => makeSelfSigned(CERTIFICATE_NAMES, clock.wall(), options.certificateCommand), {
          life: SELF_SIGNED_LIFE,
          clock,
        });
  const reviewer = new Reviewer({ client, clock, path: '/metrics' });
  const authorize = (token: string) => reviewer.authorize(token);
  return serveMetrics({ ...base, access: { kind: 'https', certificate, tls: options.tls, authorize } });
}
