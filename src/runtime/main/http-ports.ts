/** The two HTTP ports of a program: probes for the kubelet, and metrics for authorized readers. */
import type { Clock } from '../../base/clock.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { ListeningServer } from '../../http-server/listen.ts';
import type { TlsSettings } from '../../http-server/tls-settings.ts';
import { DelegatedAuthorizer } from '../../kube/delegated-authorizer.ts';
import type { ApiSender } from '../../kube/http/api-request.ts';
import type { Log } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';

export type HttpPortOptions = {
  readonly metricsPort: number;
  readonly plainHttp: boolean;
  /** '' to generate a certificate. */
  readonly certificateDir: string;
  readonly tls: TlsSettings;
  readonly probePort: number;
  /** Null for all addresses. */
  readonly probeHost: string | null;
  /** A program and its arguments that print a self-signed certificate; null where there is none. */
  readonly certificateCommand: readonly [string, ...string[]] | null;
};

export type HttpPortContext = {
  readonly client: ApiSender;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly notReady: () => string | null;
};

/** Names on the generated certificate, which no client verifies. */
const CERTIFICATE_NAMES = ['berth', 'localhost'];

/** Opens the ports that are enabled, and imports only what they need. The error is a sentence. */
export async function openHttpPorts(
  options: HttpPortOptions,
  context: HttpPortContext,
): Promise<Result<readonly ListeningServer[], string>> {
  const servers: ListeningServer[] = [];
  const onError = (message: string, error: unknown): void => context.log.warn(message, { error });
  for (const openPort of [openProbes, openMetrics]) {
    const server = await openPort(options, context, onError);
    if (server === null) continue;
    if (!server.ok) {
      await Promise.all(servers.map((port) => port.close()));
      return err(server.error);
    }
    servers.push(server.value);
  }
  return ok(servers);
}

type OpenedPort = Promise<Result<ListeningServer, string> | null>;
type ErrorHandler = (message: string, error: unknown) => void;

async function openProbes(
  options: HttpPortOptions,
  { clock, notReady }: HttpPortContext,
  onError: ErrorHandler,
): OpenedPort {
  if (options.probePort === 0) return null;
  const { serveProbes } = await import('../../http-server/probe-server.ts');
  // A blocked event loop does not respond: any response means that the process is alive.
  return serveProbes({
    port: options.probePort,
    host: options.probeHost,
    liveness: () => null,
    readiness: notReady,
    clock,
    onError,
  });
}

async function openMetrics(
  options: HttpPortOptions,
  context: HttpPortContext,
  onError: ErrorHandler,
): OpenedPort {
  if (options.metricsPort === 0) return null;
  const { serveMetrics } = await import('../../http-server/metrics-server.ts');
  const { clock, metrics, client } = context;
  const base = { port: options.metricsPort, host: null, metrics, clock, onError };
  if (options.plainHttp) return serveMetrics({ ...base, access: { kind: 'http' } });
  const { certificateFromDirectory: certificateFrom, generatedCertificate: certificateMadeBy } = await import(
    '../../http-server/certificate.ts'
  );
  const { obtainSelfSigned: makeSelfSigned, SELF_SIGNED_VALIDITY: SELF_SIGNED_LIFE } = await import(
    '../../http-server/self-signed.ts'
  );
  const certificate =
    options.certificateDir !== ''
      ? certificateFrom(options.certificateDir)
      : certificateMadeBy(() => makeSelfSigned(CERTIFICATE_NAMES, clock.wall(), options.certificateCommand), {
          life: SELF_SIGNED_LIFE,
          clock,
        });
  const authorizer = new DelegatedAuthorizer({ client, clock, path: '/metrics' });
  return serveMetrics({ ...base, access: { kind: 'https', certificate, tls: options.tls, authorizer } });
}
