/** The pages of the dashboard on a port of this machine, for whoever has the token. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { err, ok, type Result } from '../../base/result.ts';
import { serveDashboard } from '../../http-server/dashboard-server.ts';
import { type AccessRules, type RequestHead, refuseData, refusePage } from './access.ts';
import { readAssets } from './assets.ts';
import type { Publisher } from './publisher.ts';

export type OpenPages = {
  /** The address with the token. */
  readonly url: string;
  close(): Promise<void>;
};

export type PagesOptions = {
  /** 0 takes a free one. */
  readonly port: number;
  /** The folder of the built pages. */
  readonly files: URL;
  readonly publisher: Pick<Publisher, 'follow'>;
};

const HOST = '127.0.0.1';
const TOKEN_BYTES = 24;

/** The error is a sentence. */
export async function openPages({
  port,
  files,
  publisher,
}: PagesOptions): Promise<Result<OpenPages, string>> {
  const assets = await readAssets(files);
  if (!assets.ok) return err(assets.error);
  const hosts = new Set<string>();
  const rules: AccessRules = { hosts, token: randomBytes(TOKEN_BYTES).toString('base64url') };
  const server = await serveDashboard({
    ...{ port, host: HOST, flag: '--port', files: assets.value },
    refusePage: (request) => refusePage(headOf(request), rules),
    refuseData: (request) => refuseData(headOf(request), rules),
    follow: (since, send) => publisher.follow(since, send),
  });
  if (!server.ok) return err(server.error);
  for (const host of [HOST, 'localhost']) hosts.add(`${host}:${server.value.port}`);
  return ok({
    url: `http://${HOST}:${server.value.port}/#token=${rules.token}`,
    close: () => server.value.close(),
  });
}

const headOf = ({ headers }: IncomingMessage): RequestHead => ({
  host: headers.host,
  origin: headers.origin,
  authorization: headers.authorization,
});
