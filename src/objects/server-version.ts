/** The version that an API server says it has (`GET /version`), and the oldest that Berth supports. */
import { isObject } from '../base/json.ts';

export type ServerVersion = {
  readonly major: number;
  readonly minor: number;
  /** As the server writes it: `v1.24.17-eks-1`. */
  readonly text: string;
};

/** Before it, CRDs do not validate CEL rules. It is in docs/compatibility.md, too. */
export const OLDEST_SERVER = { major: 1, minor: 25 } as const;

/** Servers of some vendors write the minor version as `24+`. Null for what is no answer of an API server. */
export function readServerVersion(body: unknown): ServerVersion | null {
  if (!isObject(body)) return null;
  const [major, minor] = [body['major'], body['minor']].map((part) =>
    typeof part === 'string' ? Number(/^\d{1,4}(?=\+?$)/.exec(part)?.[0] ?? Number.NaN) : Number.NaN,
  );
  if (major === undefined || minor === undefined || Number.isNaN(major) || Number.isNaN(minor)) return null;
  const { gitVersion } = body;
  const isWritten = typeof gitVersion === 'string' && /^v?\d[\w.+-]{0,62}$/.test(gitVersion);
  return { major, minor, text: isWritten ? gitVersion : `v${major}.${minor}` };
}

/** A sentence that says what is too old; null for a supported version. */
export function tooOldSentence({ major, minor, text }: ServerVersion): string | null {
  const isSupported =
    major > OLDEST_SERVER.major || (major === OLDEST_SERVER.major && minor >= OLDEST_SERVER.minor);
  return isSupported
    ? null
    : `The API server is ${text}, and Berth supports Kubernetes ${OLDEST_SERVER.major}.${OLDEST_SERVER.minor} and newer.`;
}
