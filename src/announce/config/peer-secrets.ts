/** Passwords of peers, read from the Secrets that they reference. */

import { fieldsOf, textOf } from '../../base/json.ts';
import { quoted } from '../../base/printable.ts';
import type { PasswordSecretRef } from '../../config/peer.ts';
import { identityOf } from '../../objects/metadata.ts';
import type { AnnounceIssue } from './object-issue.ts';

/** By the name of the Secret; null for one without a password. */
export type PeerSecrets = ReadonlyMap<string, { readonly type: string; readonly password: string | null }>;

const SECRET_TYPE = 'kubernetes.io/basic-auth';

/** Reads the Secrets of one namespace. `stringData` counts before `data`, as the API server merges it. */
export function readPeerSecrets(raws: readonly unknown[], namespace: string): PeerSecrets {
  const own = raws.filter((raw) => identityOf(raw).namespace === namespace);
  return new Map(
    own.map((raw) => {
      const secret = fieldsOf(raw);
      const encoded = fieldsOf(secret['data'])['password'];
      const plain = fieldsOf(secret['stringData'])['password'];
      const decoded = typeof encoded === 'string' ? Buffer.from(encoded, 'base64').toString('utf8') : null;
      const password = typeof plain === 'string' ? plain : decoded;
      return [identityOf(raw).name, { type: textOf(secret['type']), password }] as const;
    }),
  );
}

/** The password, or why there is none. The texts are MetalLB's, blanks at line ends included. */
export function resolvePassword(
  reference: PasswordSecretRef,
  peer: string,
  { secrets, namespace }: { readonly secrets: PeerSecrets; readonly namespace: string },
): string | AnnounceIssue {
  const path = 'spec.passwordSecret';
  if (reference.namespace !== '' && reference.namespace !== namespace) {
    return { path, message: `names a Secret in another namespace; only those of ${namespace} are read` };
  }
  const secret = secrets.get(reference.name);
  const tail = `failed to parse peer ${peer} password secret`;
  if (secret === undefined) {
    const metallbText = `parsing peer ${peer} secret ref not found for peer config ${quoted(namespace)}/${quoted(peer)}\n${tail}`;
    return { path, message: metallbText, metallbText };
  }
  if (secret.type !== SECRET_TYPE) {
    const metallbText = `parsing peer ${peer} secret type mismatch on ${quoted(namespace)}/${quoted(reference.name)}, type ${quoted(SECRET_TYPE)} is expected \n${tail}`;
    return { path, message: metallbText, metallbText };
  }
  if (secret.password === null) {
    return { path, message: `the Secret ${quoted(reference.name)} has no key "password"` };
  }
  return secret.password;
}
