/**
 * Generates a self-signed certificate for a metrics port without a configured one. Scrapers do not verify it: it only
 * encrypts token and metrics in transit.
 *
 * The library takes about 20 MB of memory and a third of a second, once. `generateSelfSignedInChild` spends them in a
 * child process, which ends before the first scrape.
 */
import { execFile } from 'node:child_process';
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import type { Millis } from '../base/clock.ts';
import type { KeyPair } from './certificate.ts';

const DAY: Millis = 24 * 60 * 60 * 1000;
export const SELF_SIGNED_VALIDITY: Millis = 365 * DAY;
/** For scrapers whose clocks are behind. */
const BACKDATE: Millis = 60 * 60 * 1000;
const CHILD_TIMEOUT: Millis = 30_000;
const CHILD_BYTES_MAX = 64 * 1024;

/** ECDSA on P-256, for `names`: DNS names or addresses. The first one is also the common name. */
export async function generateSelfSigned(names: readonly string[], wall: Millis): Promise<KeyPair> {
  await import('reflect-metadata'); // the library needs it to be loaded first
  const x509 = await import('@peculiar/x509');
  const signingAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(signingAlgorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [names[0] ?? 'berth'] }],
    notBefore: new Date(wall - BACKDATE),
    notAfter: new Date(wall + SELF_SIGNED_VALIDITY),
    signingAlgorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
      ),
    ],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { cert: certificate.toString('pem'), key: pem('PRIVATE KEY', Buffer.from(key)) };
}

/**
 * The same in a child process: `command` is a program, with arguments, that prints a `KeyPair` as JSON. Rejects where
 * that fails.
 */
export function generateSelfSignedInChild(command: readonly [string, ...string[]]): Promise<KeyPair> {
  const [program, ...args] = command;
  const options = { timeout: CHILD_TIMEOUT, maxBuffer: CHILD_BYTES_MAX, encoding: 'utf8' } as const;
  return new Promise((resolve, reject) => {
    const failed = (error: unknown): void =>
      reject(new Error('the child process generated no certificate', { cause: error }));
    execFile(program, args, options, (error, stdout) => {
      if (error !== null) return failed(error.code ?? error.signal ?? error.name);
      try {
        resolve(readKeyPair(JSON.parse(stdout)));
      } catch {
        failed('its output is no key pair'); // never the output itself: it may contain a part of a key
      }
    });
  });
}

/** By `command` where there is one and it succeeds, otherwise in this process, which then takes the memory. */
export async function obtainSelfSigned(
  names: readonly string[],
  wall: Millis,
  command: readonly [string, ...string[]] | null,
): Promise<KeyPair> {
  if (command === null) return generateSelfSigned(names, wall);
  try {
    return await generateSelfSignedInChild(command);
  } catch {
    return generateSelfSigned(names, wall); // takes more memory, with the same result: nothing to report
  }
}

function readKeyPair(value: unknown): KeyPair {
  if (typeof value === 'object' && value !== null && 'cert' in value && 'key' in value) {
    const { cert, key } = value;
    if (typeof cert === 'string' && typeof key === 'string') return { cert, key };
  }
  throw new TypeError('not a key pair');
}

/** 16 random bytes, positive and in minimal DER (RFC 5280, 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

const pem = (label: string, der: Buffer): string =>
  `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`;
