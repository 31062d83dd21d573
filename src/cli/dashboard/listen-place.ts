/** Where the dashboard listens: on this machine alone, or by HTTPS where other machines reach it. */
import { X509Certificate } from 'node:crypto';
import { err, ok, type Result } from '../../base/result.ts';
import { certificateFromFiles, type KeyPair } from '../../http-server/certificate.ts';
import { formatAddress, parseAddress } from '../../net/address.ts';

export type ListenPlace = {
  readonly host: string;
  /** Other machines reach it. */
  readonly isReachable: boolean;
  /** Null for plain HTTP. */
  readonly keyPair: KeyPair | null;
};

export type ListenFlags = {
  readonly listen: string;
  readonly 'tls-cert': string;
  readonly 'tls-key': string;
};

export const LOOPBACK_PLACE: ListenPlace = { host: '127.0.0.1', isReachable: false, keyPair: null };

/** The errors are sentences, all at once. */
export async function readListenPlace({
  listen,
  'tls-cert': cert,
  'tls-key': key,
}: ListenFlags): Promise<Result<ListenPlace, readonly string[]>> {
  const address = parseAddress(listen);
  if (!address.ok) return err([`--listen ${JSON.stringify(listen)} should be an IP address`]);
  const host = formatAddress(address.value);
  if (UNSPECIFIED.has(host))
    return err([`--listen ${host} is every address of this machine: name the one that browsers use`]);
  const isReachable = !/^(127\.|::1$)/.test(host);
  if ((cert === '') !== (key === '')) return err(['--tls-cert and --tls-key go together']);
  if (cert === '' && isReachable)
    return err([
      `--listen ${host} is an address that other machines reach: add --tls-cert and --tls-key, or use an SSH tunnel`,
    ]);
  if (cert === '') return ok({ host, isReachable, keyPair: null });
  const pair = await certificateFromFiles({ cert, key })();
  return pair.ok ? ok({ host, isReachable, keyPair: pair.value }) : err([pair.error]);
}

/** A page by another name is DNS rebinding, so the name has to be known. */
const UNSPECIFIED: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** The names that a browser may use: the address, and those of the certificate. */
export const namesOf = ({ host, keyPair }: Pick<ListenPlace, 'host' | 'keyPair'>): readonly string[] => [
  bracketed(host),
  ...(keyPair === null ? ['localhost'] : dnsNamesOf(keyPair)),
];

/** RFC 3986 3.2.2. */
export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

const dnsNamesOf = ({ cert }: KeyPair): readonly string[] =>
  (new X509Certificate(cert).subjectAltName ?? '')
    .split(', ')
    .flatMap((name) => (name.startsWith('DNS:') && !name.includes('*') ? [name.slice(4).toLowerCase()] : []));
