/** The baseline client: keep-alive connections and JSON, and nothing else. */
import { readFileSync } from 'node:fs';
import https from 'node:https';
import type { RawService } from '../raw-service.ts';

export type BaselineAccess = { readonly url: string; readonly token: string; readonly caFile: string };

export type RawResponse = { readonly status: number; readonly body: string };

const REOPEN_AFTER_MS = 20;

type WatchHandler = (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: RawService) => void;
type WatchLine = { readonly type: string; readonly object: RawService };

/** As many requests in flight as the controller. */
const CONNECTIONS = 32;

export class BaselineClient {
  readonly #agent: https.Agent;
  readonly #base: { readonly host: string; readonly port: number };
  readonly #headers: Readonly<Record<string, string>>;
  readonly #ca: Buffer;

  constructor({ url, token, caFile }: BaselineAccess) {
    const { hostname, port } = new URL(url);
    this.#base = { host: hostname, port: Number(port) };
    this.#ca = readFileSync(caFile);
    this.#agent = new https.Agent({ keepAlive: true, maxSockets: CONNECTIONS, ca: this.#ca });
    this.#headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  }

  send(method: string, path: string, body?: string, contentType = 'application/json'): Promise<RawResponse> {
    const length = body === undefined ? 0 : Buffer.byteLength(body);
    const headers =
      body === undefined
        ? this.#headers
        : { ...this.#headers, 'content-type': contentType, 'content-length': length };
    return new Promise((resolve, reject) => {
      const request = https.request(
        { ...this.#base, method, path, agent: this.#agent, headers },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
          );
          response.on('error', reject);
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  /** Throws for any status except 200 and 201. */
  async sendOrThrow(method: string, path: string, body?: string, contentType?: string): Promise<string> {
    const answer = await this.send(method, path, body, contentType);
    if (answer.status !== 200 && answer.status !== 201)
      throw new Error(`${method} ${path}: ${answer.status} ${answer.body.slice(0, 300)}`);
    return answer.body;
  }

  patchStatus(path: string, body: string): Promise<string> {
    return this.sendOrThrow('PATCH', `${path}/status`, body, 'application/strategic-merge-patch+json');
  }

  /**
   * Watches on a connection of its own; the returned function ends the watch. The API server closes watches that are too
   * slow, so it continues from the last version.
   */
  watch(path: string, onEvent: WatchHandler): () => void {
    let isStopped = false;
    let closeWatch: () => void = () => {};
    const open = (version: string): void => {
      if (isStopped) return;
      let last = version;
      closeWatch = this.#watchOnce(
        version === '' ? path : `${path}&resourceVersion=${version}`,
        ({ type, object }) => {
          if (type === 'ERROR') {
            // The API server closes the watch; only an expired version cannot be continued.
            if (JSON.stringify(object).includes('Expired'))
              throw new Error('the version of the watch has expired');
            return;
          }
          last = object.metadata.resourceVersion;
          if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') onEvent(type, object);
        },
        () => setTimeout(() => open(last), REOPEN_AFTER_MS),
      );
    };
    open('');
    return () => {
      isStopped = true;
      closeWatch();
    };
  }

  #watchOnce(path: string, line: (line: WatchLine) => void, ended: () => void): () => void {
    const request = https.request(
      { ...this.#base, method: 'GET', path, headers: this.#headers, ca: this.#ca, agent: false },
      (response) => {
        let rest = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          const lines = (rest + chunk).split('\n');
          rest = lines.pop() ?? '';
          for (const text of lines) line(JSON.parse(text) as WatchLine);
        });
        response.on('error', () => {});
        response.on('close', ended);
      },
    );
    request.on('error', () => {});
    request.end();
    return () => request.destroy();
  }
}
