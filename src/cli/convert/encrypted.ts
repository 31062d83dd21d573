/** Documents that SOPS has encrypted: keys can be read, and values cannot, or only some. */
import { isObject, type Raw, textOf } from '../../base/json.ts';
import { objectLabel } from './address-pools.ts';

/** What SOPS adds to a document, beside its own fields. */
const METADATA_KEY = 'sops';

const VALUE = /^ENC\[[A-Z0-9_]+,data:/;

const isEncrypted = (value: unknown): boolean =>
  typeof value === 'string'
    ? VALUE.test(value)
    : Array.isArray(value)
      ? value.some(isEncrypted)
      : isObject(value) && Object.values(value).some(isEncrypted);

/** A sentence for each. A password that stayed encrypted would pass for one, so none of them is converted in part. */
export const encryptedDocuments = (documents: readonly unknown[]): readonly string[] =>
  documents
    .filter(isObject)
    .filter((document) => isObject(document[METADATA_KEY]) || isEncrypted(document))
    .map(
      (document) => `${label(document)} is encrypted by SOPS: pass it decrypted, as sops --decrypt prints it`,
    );

const label = (document: Raw): string =>
  textOf(document['kind']) === '' ? 'the text' : objectLabel(document);
