/**
 * An admission webhook that never answers. With `failurePolicy: Ignore` the API server waits for it, and then stores the write.
 * Only writes of the status of Services in one namespace wait. A write whose own limit is shorter than the webhook's is given up.
 */
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { generateSelfSigned } from '../../../src/http-server/self-signed.ts';
import type { ApiClient } from '../../support/real-api/client.ts';

const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const NAME = 'never-answers';
/** The API server tells a webhook for how long it waits: `POST /?timeout=10s`. */
const ASKED = /^POST \/\?timeout=(\d+)s /;

export class HangingWebhook {
  readonly #server: Server;
  readonly #caBundle: string;
  /** Seconds that the API server waits for each; 0 until it has said so. */
  readonly #sockets: Map<Socket, number>;

  private constructor(server: Server, caBundle: string, sockets: Map<Socket, number>) {
    this.#server = server;
    this.#caBundle = caBundle;
    this.#sockets = sockets;
  }

  /** It completes the handshake: the API server waits for one no longer than 10 s, whatever the webhook may take. */
  static async start(): Promise<HangingWebhook> {
    const sockets = new Map<Socket, number>();
    const pair = await generateSelfSigned(['127.0.0.1'], Date.now());
    const server = createServer(pair, (socket) => {
      sockets.set(socket, 0);
      socket.on('data', (bytes) => {
        const [, seconds] = ASKED.exec(bytes.toString('latin1')) ?? [];
        if (seconds !== undefined) sockets.set(socket, Number(seconds));
      });
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new HangingWebhook(server, Buffer.from(pair.cert).toString('base64'), sockets);
  }

  /** Writes that are held up now, for how many seconds each. The API server opens a connection for each. */
  get heldUp(): readonly number[] {
    return [...this.#sockets.values()].filter((seconds) => seconds > 0);
  }

  async install(api: ApiClient, namespace: string, timeoutSeconds: number): Promise<void> {
    const { port } = this.#server.address() as AddressInfo;
    await api.requestOk('POST', WEBHOOKS, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: NAME },
      webhooks: [
        {
          name: 'never.answers.example',
          clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle: this.#caBundle },
          rules: [
            { apiGroups: [''], apiVersions: ['v1'], resources: ['services/status'], operations: ['UPDATE'] },
          ],
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
          failurePolicy: 'Ignore',
          timeoutSeconds,
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
        },
      ],
    });
  }

  async remove(api: ApiClient): Promise<void> {
    await api.request('DELETE', `${WEBHOOKS}/${NAME}`);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets.keys()) socket.destroy();
  }
}
