/**
 * An admission webhook that never answers. With `failurePolicy: Ignore` the API server waits for it, and then stores the write.
 * Only writes of the status of Services in one namespace wait.
 */
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { generateSelfSigned } from '../../../src/http-server/self-signed.ts';
import type { ApiClient } from '../../support/real-api/client.ts';

const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const NAME = 'never-answers';

export class HangingWebhook {
  readonly #server: Server;
  readonly #caBundle: string;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, caBundle: string, sockets: Set<Socket>) {
    this.#server = server;
    this.#caBundle = caBundle;
    this.#sockets = sockets;
  }

  /** It completes the handshake: the API server waits for one no longer than 10 s, whatever the webhook may take. */
  static async start(): Promise<HangingWebhook> {
    const sockets = new Set<Socket>();
    const pair = await generateSelfSigned(['127.0.0.1'], Date.now());
    const server = createServer(pair, (socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new HangingWebhook(server, Buffer.from(pair.cert).toString('base64'), sockets);
  }

  /** Writes that are held up now. The API server opens a connection for each. */
  get asked(): number {
    return this.#sockets.size;
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
    for (const socket of this.#sockets) socket.destroy();
  }
}
