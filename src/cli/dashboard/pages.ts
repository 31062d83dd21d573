/** The pages of the dashboard on a port of this machine, for whoever has the token. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { err, ok, type Result } from '../../base/result.ts';
import { serveDashboard } from '../../http-server/dashboard-server.ts';
import type { QuestionRoutes } from '../../http-server/questions.ts';
import { type AccessRules, type RequestHead, refuseData, refusePage } from './access.ts';
import { readAssets } from './assets.ts';
import { bracketed, type ListenPlace, namesOf } from './listen-place.ts';
import type { Publisher } from './publisher.ts';

export type OpenPages = {
  /** The address with the token. */
  readonly url: string;
  close(): Promise<void>;
};

export type PagesOptions = Pick<QuestionRoutes, 'questions' | 'quickQuestions'> & {
  /** 0 takes a free one. */
  readonly port: number;
  readonly place: ListenPlace;
  /** The folder of the built pages. */
  readonly files: URL;
  readonly publisher: Pick<Publisher, 'follow'>;
  /** Shows a sentence on the terminal. */
  readonly tell: (sentence: string) => void;
};

const TOKEN_BYTES = 24;

/** The error is a sentence. */
export async function openPages({
  port,
  place: { host, keyPair },
  files,
  publisher,
  tell,
  ...questions
}: PagesOptions): Promise<Result<OpenPages, string>> {
  const assets = await readAssets(files);
  if (!assets.ok) return err(assets.error);
  const hosts = new Set<string>();
  const rules: AccessRules = { hosts, token: randomBytes(TOKEN_BYTES).toString('base64url') };
  const server = await serveDashboard({
    ...{ port, host, keyPair, flag: '--port', hostFlag: '--listen', files: assets.value },
    ...questions,
    onError: (sentence, error) => tell(`${sentence}: ${describeBug(error)}`),
    refusePage: (request) => refusePage(headOf(request), rules),
    refuseData: (request) => refuseData(headOf(request), rules),
    follow: (since, send) => publisher.follow(since, send),
  });
  if (!server.ok) return err(server.error);
  for (const name of namesOf({ host, keyPair })) hosts.add(`${name}:${server.value.port}`);
  const scheme = keyPair === null ? 'http' : 'https';
  return ok({
    url: `${scheme}://${bracketed(host)}:${server.value.port}/#token=${rules.token}`,
    close: () => server.value.close(),
  });
}

/** With its place in the code: that is what a report needs. */
const describeBug = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

const headOf = ({ headers }: IncomingMessage): RequestHead => ({
  host: headers.host,
  origin: headers.origin,
  authorization: headers.authorization,
});
