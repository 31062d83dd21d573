/**
 * Loads the certificate of a TLS port, and reloads it while the port is open. A source is read at an interval; a new and
 * valid key pair replaces the current one, otherwise the current one stays in use.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { Clock, Millis } from '../base/clock.ts';
import { err, ok, type Result } from '../base/result.ts';
import { failureText } from '../base/system-error.ts';

/** Both PEM. */
export type KeyPair = { readonly cert: string; readonly key: string };

/** The error is a sentence. */
export type CertificateSource = () => Promise<Result<KeyPair, string>>;

/** How soon a certificate that was renewed on disk is used. */
export const REREAD_INTERVAL: Millis = 30_000;

const FILES = { cert: 'tls.crt', key: 'tls.key' } as const; // as in a Secret of type kubernetes.io/tls

/** `tls.crt` and `tls.key` of a directory, read each time: a mounted Secret is updated in place. */
export const certificateFromDirectory = (directory: string): CertificateSource =>
  certificateFromFiles(
    { cert: join(directory, FILES.cert), key: join(directory, FILES.key) },
    `${FILES.cert} and ${FILES.key} in ${directory}`,
  );

/** Two files, read each time. `description` is for the error. */
export function certificateFromFiles(
  files: { readonly cert: string; readonly key: string },
  description = `${files.cert} and ${files.key}`,
): CertificateSource {
  return async () => {
    const cert = await readText(files.cert);
    if (!cert.ok) return cert;
    const key = await readText(files.key);
    if (!key.ok) return key;
    return checkKeyPair({ cert: cert.value, key: key.value }, description);
  };
}

/** A self-signed certificate, which is renewed after half of its lifetime. */
export function generatedCertificate(
  generate: () => Promise<KeyPair>,
  { life: validity, clock }: { readonly life: Millis; readonly clock: Pick<Clock, 'wall'> },
): CertificateSource {
  let current: { readonly pair: KeyPair; readonly at: Millis } | null = null;
  return async () => {
    if (current === null || clock.wall() - current.at > validity / 2)
      current = { pair: await generate(), at: clock.wall() };
    return ok(current.pair);
  };
}

/** Reads `source` every `REREAD_INTERVAL` and passes on new key pairs, until the returned function is called. */
export function followCertificate(options: {
  readonly source: CertificateSource;
  readonly from: KeyPair;
  readonly clock: Clock;
  readonly use: (pair: KeyPair) => void;
  /** Called once for each new error, not each time. */
  readonly onError: (sentence: string, error: unknown) => void;
}): () => void {
  const { source, clock, use: onRenewed, onError } = options;
  let current = options.from;
  let lastError = '';
  let stopped = false;
  let cancel = (): void => {};

  const poll = async (): Promise<void> => {
    const read = await readCertificateSource(source);
    if (stopped) return;
    const currentError = read.ok ? '' : read.error;
    if (currentError !== '' && currentError !== lastError)
      onError('certificate not renewed, the previous one stays in use', new Error(currentError));
    lastError = currentError;
    if (read.ok && (read.value.cert !== current.cert || read.value.key !== current.key)) {
      current = read.value;
      onRenewed(current);
    }
    scheduleNext();
  };
  const scheduleNext = (): void => {
    cancel = clock.after(REREAD_INTERVAL, () => void poll());
  };
  scheduleNext();
  return () => {
    stopped = true;
    cancel();
  };
}

/** An exception of the source counts as its error. */
export async function readCertificateSource(source: CertificateSource): Promise<Result<KeyPair, string>> {
  try {
    return await source();
  } catch (error) {
    return err(failureText(error));
  }
}

/** Refuses half of a renewal: a new certificate with the old key. */
function checkKeyPair(pair: KeyPair, description: string): Result<KeyPair, string> {
  try {
    createSecureContext(pair);
    return ok(pair);
  } catch (error) {
    return err(`${description} cannot be used together: ${failureText(error)}`);
  }
}

async function readText(path: string): Promise<Result<string, string>> {
  try {
    return ok(await readFile(path, 'utf8'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return err(`${path} does not exist`);
    if (code === 'EACCES') return err(`${path} may not be read by this process`);
    return err(`${path} cannot be read: ${failureText(error)}`);
  }
}
