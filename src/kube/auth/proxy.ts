/**
 * The proxy between a client and the API server, as kubectl finds it: `proxy-url` of the cluster in the kubeconfig, else
 * the environment variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY, by the rules of Go's `http.ProxyFromEnvironment`.
 */
import { err, ok, type Result } from '../../base/result.ts';
import { parseAddress } from '../../net/address.ts';
import { parsePrefix, prefixContains } from '../../net/prefix.ts';

export type ProxyEnvironment = Readonly<Record<string, string | undefined>>;

/** `source` names the setting, for the error: a sentence. */
export function parseProxyUrl(text: string, source: string): Result<URL, string> {
  // Go: a proxy without a scheme is an HTTP proxy.
  const spelled = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(spelled)) return err(`${source} is not a URL such as http://proxy:3128: "${text}"`);
  const url = new URL(spelled);
  if (/^socks/.test(url.protocol))
    return err(
      `${source} names a SOCKS proxy, which is not supported: use an HTTP proxy, or an address that is reached directly`,
    );
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '')
    return err(`${source} is not an http or https URL: "${text}"`);
  return ok(url);
}

/** The proxy for `server` that the environment names; null for none. The upper-case variable wins. */
export function proxyFromEnvironment(server: URL, environment: ProxyEnvironment): Result<URL | null, string> {
  const name = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const text = environment[name] || environment[name.toLowerCase()] || '';
  if (text === '') return ok(null);
  const exceptions = environment['NO_PROXY'] || environment['no_proxy'] || '';
  return isDirect(server, exceptions) ? ok(null) : parseProxyUrl(text, `environment variable ${name}`);
}

/** Whether NO_PROXY exempts the server. This machine itself never needs a proxy. */
function isDirect({ hostname, port, protocol }: URL, exceptions: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || host === '::1' || /^127\./.test(host)) return true;
  const serverPort = port || (protocol === 'https:' ? '443' : '80');
  return exceptions
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== '' && isExempt(entry, host, serverPort));
}

/** `*`, an address, a prefix, a name and the names below it, or `.name` for those below alone; each but the prefix with a port. */
function isExempt(entry: string, host: string, serverPort: string): boolean {
  if (entry === '*') return true;
  const address = parseAddress(host);
  const prefix = entry.includes('/') ? parsePrefix(entry) : null;
  if (prefix !== null) return prefix.ok && address.ok && prefixContains(prefix.value, address.value);
  const [, bracketed, plain, port] = /^(?:\[(.*)\]|([^:]*|.*:.*:.*))(?::(\d+))?$/.exec(entry) ?? [];
  if (port !== undefined && port !== serverPort) return false;
  const name = bracketed ?? plain ?? entry;
  if (address.ok) return name === host;
  const domain = name.replace(/^\*?\./, '');
  return host.endsWith(`.${domain}`) || (name === domain && host === domain);
}

/** For messages: without the password. */
export const describeProxy = ({ origin }: URL): string => `the proxy ${origin}`;
