/** Reads values of Secrets: `data` in base64, as the API server returns it, and `stringData`, as manifests have it. */
import { mapOf, type Raw } from '../../base/json.ts';

/** The value of a key; null without the key, '' where its base64 is invalid. `stringData` takes precedence. */
export function secretValue(raw: Raw, key: string): string | null {
  const plain = mapOf(raw['stringData'])[key];
  if (plain !== undefined) return plain;
  const encoded = mapOf(raw['data'])[key];
  if (encoded === undefined) return null;
  try {
    return atob(encoded);
  } catch {
    return '';
  }
}

/** False for a Secret that was read without its content: nothing is known of its keys. */
export const hasSecretData = (raw: Raw): boolean =>
  raw['data'] !== undefined || raw['stringData'] !== undefined;
