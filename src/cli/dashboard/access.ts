/**
 * Who may read the dashboard: whoever has its token, from a page that it served itself. The token is a header, since cookies ignore
 * ports: every program of the machine that serves pages on another port would be sent one.
 */
import { timingSafeEqual } from 'node:crypto';

export type RequestHead = {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly authorization: string | undefined;
};

export type AccessRules = {
  /** `host:port` of the addresses that the dashboard listens on; another name is DNS rebinding. */
  readonly hosts: ReadonlySet<string>;
  readonly token: string;
};

/** Null where the request may have a page of the dashboard, else why not. Pages contain nothing of the cluster. */
export function refusePage({ host, origin }: RequestHead, { hosts }: AccessRules): string | null {
  if (host === undefined || !hosts.has(host)) return 'this dashboard is not served under that name';
  if (origin !== undefined && !hosts.has(origin.replace(/^https?:\/\//, '')))
    return 'another page may not read this dashboard';
  return null;
}

/** The same for what the cluster says. */
export function refuseData(head: RequestHead, rules: AccessRules): string | null {
  const refused = refusePage(head, rules);
  if (refused !== null) return refused;
  return isEqual(head.authorization ?? '', `Bearer ${rules.token}`)
    ? null
    : 'open the dashboard by the address that the command printed: it has the token';
}

/** Takes as long for a token that is almost right as for any other. */
function isEqual(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
