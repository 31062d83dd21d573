/** An HTTP proxy before the API server that changes answers and watch events while it lies, and none while it does not. */
import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { portOf } from '../../../bgp/transport/support/raw-peer.ts';
import type { Random } from '../../../support/random.ts';
import type { AnyObject } from '../rig.ts';

export type ProxyRequest = { readonly method: string; readonly path: string; readonly isList: boolean };
export type ProxyAnswer = { readonly status: number; readonly type: string; readonly body: string };

/** Each returns null for the truth. */
export type Lie = {
  readonly name: string;
  /** Asked instead of what the client asked. */
  readonly ask?: (asked: ProxyRequest) => 'GET' | null;
  readonly answer?: (asked: ProxyRequest, answer: ProxyAnswer, random: Random) => ProxyAnswer | null;
  /** The lines that a watch gets for one of the server's. */
  readonly event?: (line: string, earlier: readonly string[], random: Random) => readonly string[] | null;
};

const EARLIER_MAX = 50;

export class LyingProxy {
  readonly #server: Server;
  readonly #target: URL;
  readonly #lie: Lie;
  readonly #random: Random;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #earlier: string[] = [];
  isLying = false;
  /** Answers and events that were changed. */
  lies = 0;

  private constructor(target: string, lie: Lie, random: Random) {
    this.#target = new URL(target);
    this.#lie = lie;
    this.#random = random;
    this.#server = createServer((asked, answer) => this.#forward(asked, answer));
  }

  static async start(target: string, lie: Lie, random: Random): Promise<LyingProxy> {
    const proxy = new LyingProxy(target, lie, random);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${portOf(this.#server)}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
  }

  #forward(asked: IncomingMessage, answer: ServerResponse): void {
    const { method = 'GET', url = '/' } = asked;
    const { pathname, searchParams } = new URL(url, this.#target);
    const isWatch = searchParams.has('watch');
    const isList = method === 'GET' && !isWatch && /(services|ipaddresspools|namespaces)$/.test(pathname);
    const proxied: ProxyRequest = { method, path: pathname, isList };
    const instead = this.isLying ? (this.#lie.ask?.(proxied) ?? null) : null;
    if (instead !== null) this.lies++;
    const { host: _, 'content-length': length, ...headers } = asked.headers;
    const upstream = request(
      {
        ...{ hostname: this.#target.hostname, port: this.#target.port, agent: this.#agent },
        method: instead ?? method,
        path: instead === null ? url : pathname.replace(/\/status$/, ''),
        headers: {
          ...headers,
          ...(instead === null && length !== undefined ? { 'content-length': length } : {}),
        },
      },
      (told) => (isWatch ? this.#passWatch(told, answer) : this.#passAnswer(proxied, told, answer)),
    );
    upstream.on('error', () => answer.destroy());
    answer.on('close', () => upstream.destroy());
    if (instead === null) asked.pipe(upstream);
    else {
      asked.resume();
      upstream.end();
    }
  }

  #passAnswer(asked: ProxyRequest, told: IncomingMessage, answer: ServerResponse): void {
    const chunks: Buffer[] = [];
    told.on('error', () => answer.destroy());
    told.on('data', (chunk: Buffer) => chunks.push(chunk));
    told.on('end', () => {
      const type = told.headers['content-type'] ?? 'application/json';
      const truth = { status: told.statusCode ?? 500, type, body: Buffer.concat(chunks).toString() };
      const changed = this.isLying ? (this.#lie.answer?.(asked, truth, this.#random) ?? null) : null;
      if (changed !== null) this.lies++;
      const { status, type: shown, body } = changed ?? truth;
      answer.writeHead(status, { 'content-type': shown, 'content-length': Buffer.byteLength(body) });
      answer.end(body);
    });
  }

  #passWatch(told: IncomingMessage, answer: ServerResponse): void {
    answer.writeHead(told.statusCode ?? 500, { 'content-type': 'application/json' });
    answer.flushHeaders();
    let rest = '';
    told.on('error', () => answer.destroy());
    told.on('close', () => answer.end());
    told.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const changed = this.isLying ? (this.#lie.event?.(line, this.#earlier, this.#random) ?? null) : null;
        if (changed !== null) this.lies++;
        for (const one of changed ?? [line]) answer.write(`${one}\n`);
        this.#earlier.push(line);
        if (this.#earlier.length > EARLIER_MAX) this.#earlier.shift();
      }
    });
  }
}

const withItems = (answer: ProxyAnswer, change: (items: readonly AnyObject[]) => unknown): ProxyAnswer => {
  const list = JSON.parse(answer.body) as AnyObject;
  return { ...answer, body: JSON.stringify({ ...list, items: change(list.items ?? []) }) };
};

type AnswerLie = NonNullable<Lie['answer']>;

const ofLists =
  (change: (answer: ProxyAnswer, random: Random) => ProxyAnswer): AnswerLie =>
  ({ isList }, answer, random) =>
    isList && answer.status === 200 ? change(answer, random) : null;

const ofReads =
  (change: (answer: ProxyAnswer) => ProxyAnswer): AnswerLie =>
  ({ method }, answer, random) =>
    method === 'GET' && random.chance(0.5) ? change(answer) : null;

const isWrite = ({ method, path }: ProxyRequest): boolean =>
  method === 'PATCH' && path.includes('/services/') && path.endsWith('/status');

const eventOf = (line: string): AnyObject => JSON.parse(line) as AnyObject;
const isObjectEvent = (line: string): boolean => /^\{"type":"(ADDED|MODIFIED)"/.test(line);

/** The first answers to each path, which are repeated. */
function repeatsOldLists(): Lie {
  const old = new Map<string, ProxyAnswer>();
  return {
    name: 'lists of the past',
    answer: (asked, answer) => {
      if (!asked.isList || answer.status !== 200) return null;
      const first = old.get(asked.path);
      if (first === undefined) old.set(asked.path, answer);
      return first ?? null;
    },
  };
}

function answersWithAnother(): Lie {
  let before: ProxyAnswer | null = null;
  return {
    name: 'writes that are answered with another object',
    answer: (asked, answer) => {
      if (!isWrite(asked) || answer.status !== 200) return null;
      const shown = before;
      before = answer;
      return shown;
    },
  };
}

/** Kinds of lies; each is made anew for a scenario, since some remember. */
export const LIES: readonly (() => Lie)[] = [
  () => ({ name: 'empty lists', answer: ofLists((answer) => withItems(answer, () => [])) }),
  () => ({
    name: 'lists that leave objects out',
    answer: ofLists((answer, random) => withItems(answer, (items) => items.filter(() => random.chance(0.5)))),
  }),
  () => ({
    name: 'lists with each object twice',
    answer: ofLists((answer) => withItems(answer, (items) => [...items, ...items])),
  }),
  () => ({
    name: 'lists of what is no object',
    answer: ofLists((answer) => withItems(answer, () => [null, 1, 'x', [], {}])),
  }),
  () => ({ name: 'lists without items', answer: ofLists((answer) => withItems(answer, () => undefined)) }),
  () => ({
    name: 'lists of objects of another kind',
    answer: ofLists((answer) =>
      withItems(answer, () => [{ kind: 'Secret', metadata: { name: 'x', namespace: 'default' }, data: {} }]),
    ),
  }),
  repeatsOldLists,
  () => ({
    name: 'a login page with 200',
    answer: ofReads(() => ({ status: 200, type: 'text/html', body: '<html>log in</html>' })),
  }),
  () => ({
    name: 'a redirect',
    answer: ofReads(() => ({ status: 302, type: 'text/html', body: '<html>moved</html>' })),
  }),
  () => ({ name: 'nothing, with 200', answer: ofReads((answer) => ({ ...answer, body: '' })) }),
  () => ({
    name: 'half of an answer, as if it were whole',
    answer: ofReads((answer) => ({ ...answer, body: answer.body.slice(0, answer.body.length >> 1) })),
  }),
  () => ({
    name: "a proxy's own 404",
    answer: ofReads(() => ({ status: 404, type: 'text/plain', body: 'no such page' })),
  }),
  () => ({
    name: 'writes that are dropped and answered with 200',
    ask: (asked) => (isWrite(asked) ? 'GET' : null),
  }),
  answersWithAnother,
  () => ({
    name: 'events that were there before',
    event: (line, earlier, random) => (earlier.length === 0 ? null : [line, random.pick(earlier)]),
  }),
  () => ({
    name: 'deletions that did not happen',
    event: (line, _, random) =>
      isObjectEvent(line) && random.chance(0.3)
        ? [line, JSON.stringify({ ...eventOf(line), type: 'DELETED' })]
        : null,
  }),
  () => ({
    name: 'events that are none',
    event: (line, _, random) => [
      random.pick(['null', '{}', '"x"', '{"type":"ADDED"}', '{"type":"MODIFIED","object":{}}', '<html>']),
      line,
    ],
  }),
];
