/**
 * Translates the TLS flags of MetalLB's programs, which use Go's names, to those of OpenSSL and Node. The cipher suites
 * of TLS 1.3 are always enabled, as in Go: the flag selects among those of TLS 1.2.
 */

import type { SecureContextOptions } from 'node:tls';
import { ownValue } from '../base/own-value.ts';
import { err, ok, type Result } from '../base/result.ts';
import { didYouMean } from '../base/text.ts';

export type TlsSettings = Pick<SecureContextOptions, 'minVersion' | 'ciphers' | 'ecdhCurve'>;

export type TlsFlags = {
  /** `--tls-min-version`; '' is TLS 1.3. */
  readonly minVersion: string;
  /** `--tls-cipher-suites`, as a list; empty for Node's defaults. */
  readonly cipherSuites: readonly string[];
  /** `--tls-curve-preferences`: numbers of the IANA registry of TLS supported groups; empty for Node's defaults. */
  readonly curves: readonly string[];
};

const VERSIONS: Readonly<Record<string, 'TLSv1.2' | 'TLSv1.3'>> = {
  '': 'TLSv1.3',
  'TLS1.2': 'TLSv1.2',
  'TLS1.3': 'TLSv1.3',
  VersionTLS12: 'TLSv1.2',
  VersionTLS13: 'TLSv1.3',
};

/** Names of https://www.iana.org/assignments/tls-parameters to names of OpenSSL. */
const SUITES: Readonly<Record<string, string>> = {
  TLS_AES_128_GCM_SHA256: 'TLS_AES_128_GCM_SHA256',
  TLS_AES_256_GCM_SHA384: 'TLS_AES_256_GCM_SHA384',
  TLS_CHACHA20_POLY1305_SHA256: 'TLS_CHACHA20_POLY1305_SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
  TLS_RSA_WITH_AES_128_GCM_SHA256: 'AES128-GCM-SHA256',
  TLS_RSA_WITH_AES_256_GCM_SHA384: 'AES256-GCM-SHA384',
  TLS_RSA_WITH_AES_128_CBC_SHA: 'AES128-SHA',
  TLS_RSA_WITH_AES_256_CBC_SHA: 'AES256-SHA',
};

const TLS13_SUITES = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];

/** IANA TLS supported groups. */
const CURVES: Readonly<Record<string, string>> = { 23: 'P-256', 24: 'P-384', 25: 'P-521', 29: 'X25519' };
/** Groups that Go supports and the OpenSSL of Node 20 does not; the others of the list are used. */
const IGNORED_CURVES: ReadonlySet<string> = new Set(['4587', '4588', '4589']);

/** The errors are sentences, each with its flag; all are reported at once. */
export function resolveTlsSettings(flags: TlsFlags): Result<TlsSettings, readonly string[]> {
  const errors: string[] = [];
  const minVersion = ownValue(VERSIONS, flags.minVersion);
  if (minVersion === undefined) {
    errors.push(`--tls-min-version ${JSON.stringify(flags.minVersion)} is neither TLS1.2 nor TLS1.3`);
  }
  const ciphers = translateNames(flags.cipherSuites, SUITES, '--tls-cipher-suites', errors);
  const supportedCurves = flags.curves.filter((curve) => !IGNORED_CURVES.has(curve));
  const curves = translateNames(supportedCurves, CURVES, '--tls-curve-preferences', errors);
  if (errors.length > 0 || minVersion === undefined) return err(errors);
  return ok({
    minVersion,
    ...(ciphers.length > 0 ? { ciphers: [...new Set([...TLS13_SUITES, ...ciphers])].join(':') } : {}),
    ...(curves.length > 0 ? { ecdhCurve: curves.join(':') } : {}),
  });
}

function translateNames(
  names: readonly string[],
  table: Readonly<Record<string, string>>,
  flag: string,
  errors: string[],
): readonly string[] {
  const found: string[] = [];
  for (const name of names) {
    const translated = ownValue(table, name);
    if (translated !== undefined) found.push(translated);
    else {
      const supported = Object.keys(table);
      const hint = didYouMean(name, supported) ?? `supported are ${supported.join(', ')}`;
      errors.push(`${flag} has ${JSON.stringify(name)}, which is not supported; ${hint}`);
    }
  }
  return found;
}
