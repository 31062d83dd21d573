import { readFileSync } from 'node:fs';
import { Agent, request as send } from 'node:https';
import { join } from 'node:path';
import { type CommandResult, runProgram } from '../run-program.ts';

/** What it takes to reach an API server; plain data, so that it can be handed to another process. */
export type ApiAccess = {
  readonly url: string;
  /** Of a user in `system:masters`. */
  readonly token: string;
  readonly caFile: string;
  readonly kubeconfig: string;
  /** A place for files that are to vanish with the API server. */
  readonly folder: string;
  readonly kubectlPath: string;
};

export type ApiResponse<T> = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed where it is JSON, else the text. */
  readonly body: T;
};

export type ApiClient = ApiAccess & {
  /**
   * One request, whatever comes of it. A body that is not text is sent as JSON; the content type is a merge patch for
   * PATCH and JSON for the rest unless told.
   */
  request<T = unknown>(
    method: string,
    path: string,
    body?: unknown,
    contentType?: string,
  ): Promise<ApiResponse<T>>;
  /** The body of the answer; throws with the API server's own words unless the status is 2xx. */
  requestOk<T = unknown>(method: string, path: string, body?: unknown, contentType?: string): Promise<T>;
  /** The real kubectl against this API server. */
  kubectl(args: readonly string[], options?: { readonly input?: string }): Promise<CommandResult>;
};

export function connect(access: ApiAccess): ApiClient {
  const agent = new Agent({ keepAlive: true, ca: readFileSync(access.caFile) });
  const request: ApiClient['request'] = (method, path, body, contentType) =>
    sendRequest(access, agent, method, path, body, contentType);
  return {
    ...access,
    request,
    async requestOk<T>(method: string, path: string, body?: unknown, contentType?: string): Promise<T> {
      const answer = await request<T>(method, path, body, contentType);
      if (answer.status >= 200 && answer.status < 300) return answer.body;
      throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    },
    kubectl: (args, options = {}) => runKubectl(access, args, options.input),
  };
}

function sendRequest<T>(
  access: ApiAccess,
  agent: Agent,
  method: string,
  path: string,
  body: unknown,
  contentType: string | undefined,
): Promise<ApiResponse<T>> {
  const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const type = contentType ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
  const headers = {
    authorization: `Bearer ${access.token}`,
    accept: 'application/json',
    ...(payload === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(payload) }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = send(new URL(path, access.url), { method, agent, headers }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk) => {
        text += chunk;
      });
      incoming.on('error', reject);
      incoming.on('end', () => {
        const isJson = incoming.headers['content-type']?.startsWith('application/json') === true;
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: (isJson ? JSON.parse(text) : text) as T,
        });
      });
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // The server had closed this idle connection, and so never read the request: it gets another connection.
      if (!outgoing.reusedSocket || !CLOSED_WHILE_IDLE.has(error.code ?? '')) return reject(error);
      sendRequest<T>(access, agent, method, path, body, contentType).then(resolve, reject);
    });
    outgoing.end(payload);
  });
}

/** What a request gets on a kept connection that the server has closed. */
const CLOSED_WHILE_IDLE: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET']);

function runKubectl(
  access: ApiAccess,
  args: readonly string[],
  input: string | undefined,
): Promise<CommandResult> {
  const env = {
    PATH: process.env['PATH'],
    HOME: access.folder,
    KUBECONFIG: access.kubeconfig,
    KUBECACHEDIR: join(access.folder, 'kubectl-cache'),
  };
  return runProgram(access.kubectlPath, args, { env, input });
}
