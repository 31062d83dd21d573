/** Reads the common secret of the speakers: from a file that may change, from the Secret by its name, or from the environment. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { untilAborted } from '../../../base/abort.ts';
import type { Millis } from '../../../base/clock.ts';
import { fieldsOf, type Raw, textOf } from '../../../base/json.ts';
import { err, ok, type Result } from '../../../base/result.ts';
import { failureText } from '../../../base/system-error.ts';
import { SECRETS } from '../../../kube/resource.ts';
import { nameOf, type ObjectVersion, versionOf } from '../../../objects/metadata.ts';
import { Informer, type InformerContext } from '../../../runtime/main/informer.ts';

/** MetalLB's. */
const DEFAULT_SECRET = 'memberlist';

/** Of that Secret, and of a folder in which it is mounted. */
const SECRET_KEY = 'secretkey';

/** Between two looks at a file: a Secret that is mounted changes without notice. */
const FILE_INTERVAL: Millis = 10_000;

export type SecretSource =
  | { readonly kind: 'text'; readonly text: string }
  /** A file, or a folder with a file `secretkey`. */
  | { readonly kind: 'file'; readonly path: string }
  /** Name of a Secret in the namespace of the speakers. */
  | { readonly kind: 'object'; readonly name: string };

export type SecretReaderOptions = {
  readonly context: InformerContext;
  readonly namespace: string;
  readonly source: SecretSource;
  /** After each look. The error is why there is no secret, as a sentence without a full stop. */
  readonly read: (secret: Result<string, string>) => void;
};

/** Until `signal` is aborted. */
export async function readSecret(options: SecretReaderOptions, signal: AbortSignal): Promise<void> {
  const { source } = options;
  switch (source.kind) {
    case 'text':
      options.read(notEmpty(source.text, 'the secret in the flag or environment'));
      return;
    case 'file':
      return readFiles(options, source.path, signal);
    case 'object':
      return watchSecret(options, source.name, signal);
  }
}

/** What brings a secret that is missing: a sentence without a full stop. */
export function secretFix(source: SecretSource, namespace: string): string {
  switch (source.kind) {
    case 'text':
      return 'give a text in --ml-secret-key, or in the environment variable METALLB_ML_SECRET_KEY';
    case 'file':
      return `write the secret to ${source.path}, which is read again within ten seconds`;
    case 'object':
      return `give the Secret ${namespace}/${source.name} the key ${SECRET_KEY}: "kubectl apply -k deploy/layer2" brings the Secret ${DEFAULT_SECRET}, and the controller fills it`;
  }
}

const notEmpty = (text: string, what: string): Result<string, string> =>
  text.trim() === '' ? err(`${what} is empty`) : ok(text);

async function readFiles(
  { context, read }: SecretReaderOptions,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const stopped = untilAborted(signal);
  while (!signal.aborted) {
    read(await readOnce(path));
    let cancel = (): void => {};
    const later = new Promise<void>((resolve) => {
      cancel = context.clock.after(FILE_INTERVAL, resolve);
    });
    await Promise.race([later, stopped]);
    cancel();
  }
}

async function readOnce(path: string): Promise<Result<string, string>> {
  try {
    const file = (await stat(path)).isDirectory() ? join(path, SECRET_KEY) : path;
    return notEmpty(await readFile(file, 'utf8'), file);
  } catch (error) {
    return err(`${path} cannot be read: ${failureText(error)}`);
  }
}

type WatchedSecret = ObjectVersion & { readonly name: string; readonly secret: Result<string, string> };

/** Nothing else of the Secret is kept. */
function decodeSecret(raw: Raw, name: string): WatchedSecret {
  const encoded = textOf(fieldsOf(raw['data'])[SECRET_KEY]);
  const what = `the key ${SECRET_KEY} of the Secret ${name}`;
  const secret = encoded === '' ? err(`${what} is missing`) : notEmpty(decodeBase64(encoded), what);
  return { ...versionOf(raw), name: nameOf(raw), secret };
}

const decodeBase64 = (encoded: string): string => Buffer.from(encoded, 'base64').toString('utf8');

async function watchSecret(
  { context, namespace, read }: SecretReaderOptions,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const look = (): void => {
    const found = informer.store.get(name);
    if (found !== undefined) read(found.secret);
    else if (informer.isSyncedOrAbsent) read(err(`there is no Secret ${namespace}/${name}`));
    else if (informer.watchError !== null)
      read(err(`the Secret ${namespace}/${name} cannot be read: ${informer.watchError}`));
  };
  const informer: Informer<WatchedSecret> = new Informer<WatchedSecret>(
    context,
    {
      ...{ resource: SECRETS, namespace, fieldSelector: `metadata.name=${name}` },
      decode: (raw) => decodeSecret(raw, name),
      keyOf: (one) => one.name,
    },
    { changed: look, deleted: look, listed: look, stateChanged: look },
  );
  await informer.run(signal);
}
