/**
 * Where the certificate of a TLS port comes from, and how a running port follows it. A source is asked again
 * and again; what it gives is put to work when it is new and whole, and otherwise what stood stays.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { Clock, Millis } from '../base/clock.ts';
import { err, ok, type Result } from '../base/result.ts';

/** PEM texts. */
export type KeyPair = { readonly cert: string; readonly key: string };

/** The error is a whole sentence. */
export type CertificateSource = () => Promise<Result<KeyPair, string>>;

/** How soon a certificate that was renewed on disk is put to work. */
export const REREAD_INTERVAL: Millis = 30_000;

const FILES = { cert: 'tls.crt', key: 'tls.key' } as const; // as in a Secret of type kubernetes.io/tls

/** `tls.crt` and `tls.key` of a directory, read anew each time: a mounted Secret is renewed in place. */
export function certificateFromDirectory(directory: string): CertificateSource {
  return async () => {
    const cert = await readText(join(directory, FILES.cert));
    if (!cert.ok) return cert;
    const key = await readText(join(directory, FILES.key));
    if (!key.ok) return key;
    return checkKeyPair({ cert: cert.value, key: key.value }, directory);
  };
}

/** One made here, and made anew when half of its life is over. */
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

/** Asks `source` every `REREAD_EVERY` and hands over what is new, until the returned function is called. */
export function followCertificate(options: {
  readonly source: CertificateSource;
  readonly from: KeyPair;
  readonly clock: Clock;
  readonly use: (pair: KeyPair) => void;
  /** Told once for each new complaint, not each time. */
  readonly onTrouble: (sentence: string, error: unknown) => void;
}): () => void {
  const { source, clock, use: onRenewed, onTrouble: onError } = options;
  let current = options.from;
  let lastError = '';
  let stopped = false;
  let cancel = (): void => {};

  const poll = async (): Promise<void> => {
    const read = await readCertificateSource(source);
    if (stopped) return;
    const currentError = read.ok ? '' : read.error;
    if (currentError !== '' && currentError !== lastError)
      onError('the certificate stays as it was', new Error(currentError));
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

/** A source that throws is a source with a complaint. */
export async function readCertificateSource(source: CertificateSource): Promise<Result<KeyPair, string>> {
  try {
    return await source();
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

/** Half of a renewal must not be used: a new certificate with the old key. */
function checkKeyPair(pair: KeyPair, directory: string): Result<KeyPair, string> {
  try {
    createSecureContext(pair);
    return ok(pair);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return err(`${FILES.cert} and ${FILES.key} in ${directory} cannot be used together: ${reason}`);
  }
}

async function readText(path: string): Promise<Result<string, string>> {
  try {
    return ok(await readFile(path, 'utf8'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return err(`${path} does not exist`);
    if (code === 'EACCES') return err(`${path} may not be read by this process`);
    return err(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
