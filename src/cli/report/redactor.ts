/**
 * A redactor takes secrets out of what goes into a bundle: values by the name of their key, and texts by their form. A
 * value that was taken out once is taken out wherever else it stands, so objects are redacted before texts.
 */
import { isObject, type Raw } from '../../base/json.ts';

export const REDACTED = '(redacted)';

/** Of an annotation that belongs to somebody else. */
const LEFT_OUT = '(left out)';

/** Keys whose text values are secrets. Objects below such a key only name a Secret, and stay. */
const SECRET_KEY =
  /(pass(word|phrase|wd)?|pwd|token|secret|credentials?|authorization|auth|api-?key|private-?key|access-?key|key-?data)$/i;

/** Annotations of these domains are read by Berth, or explain what other programs do to a Service. Others belong to tenants. */
const KNOWN_ANNOTATIONS =
  /^([a-z0-9-]+\.)*(metallb\.io|metallb\.universe\.tf|berth\.dev|kubernetes\.io|k8s\.io|projectcalico\.org|purelb\.io|cilium\.io|kube-vip\.io)\//;

/** Copies of whole objects, with everything that was in them. */
const COPIES = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'objectset.rio.cattle.io/applied',
]);

/** Variables of containers whose values are no secret: others may be. */
const KNOWN_VARIABLES =
  /^(METALLB_|BERTH_|NODE_NAME$|POD_NAME$|POD_NAMESPACE$|NAMESPACE$|NODENAME$|IP6?$|IP_AUTODETECTION|CALICO_ROUTER_ID$|CALICO_NETWORKING_BACKEND$|CLUSTER_TYPE$|FELIX_|TZ$)/;

/** A value shorter than this is not searched for in texts: it would hit words that are no secret. */
const LITERAL_CHARS_MIN = 6;

type TextRule = { readonly pattern: RegExp; readonly replacement: string };

const TEXT_RULES: readonly TextRule[] = [
  { pattern: /-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(-----END [A-Z0-9 ]+-----|$)/g, replacement: REDACTED },
  // JSON Web Tokens, of ServiceAccounts too (RFC 7519 3.1).
  { pattern: /\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?/g, replacement: REDACTED },
  { pattern: /\b(Bearer|Basic|Negotiate)\s+[\w.~+/=-]{4,}/gi, replacement: `$1 ${REDACTED}` },
  // The user information of a URL (RFC 3986 3.2.1).
  { pattern: /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, replacement: `$1${REDACTED}@` },
  {
    pattern:
      /((?:pass(?:word|phrase|wd)|pwd|token|secret|credentials?|authorization|api-?key|private-?key|access-?key)["']?\s*[=:]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|(?!\(redacted\))[^\s"',;{}[\]]+)/gi,
    replacement: `$1${REDACTED}`,
  },
  {
    pattern: /(--[a-z-]*(?:password|passphrase|token|secret|private-key)\s+)(?!-)(\S+)/gi,
    replacement: `$1${REDACTED}`,
  },
];

export class Redactor {
  readonly #literals = new Set<string>();
  #count = 0;

  /** Values that were taken out so far. */
  get count(): number {
    return this.#count;
  }

  /** A copy without secrets, without `managedFields`, and without annotations that nobody here reads. */
  object(raw: Raw): Raw {
    return this.#fields(raw, []);
  }

  /** The text without what looks like a secret. */
  text(text: string): string {
    let result = text;
    for (const literal of this.#literals) {
      if (!result.includes(literal)) continue;
      this.#count++;
      result = result.replaceAll(literal, REDACTED);
    }
    for (const { pattern, replacement } of TEXT_RULES) {
      const next = result.replace(pattern, replacement);
      if (next !== result) this.#count++;
      result = next;
    }
    return result;
  }

  #fields(raw: Raw, path: readonly string[]): Raw {
    const isAnnotations = path.at(-1) === 'annotations' && path.at(-2) === 'metadata';
    const variable = path.at(-1) === 'env' ? raw['name'] : null;
    return Object.fromEntries(
      Object.entries(raw).flatMap(([key, value]): [string, unknown][] => {
        if (key === 'managedFields' || (isAnnotations && COPIES.has(key))) return [];
        if (isAnnotations && !KNOWN_ANNOTATIONS.test(key)) return [[key, LEFT_OUT]];
        if (variable !== null && key === 'value' && !isKnownVariable(variable))
          return [[key, this.#secret(value)]];
        if (typeof value === 'string' && SECRET_KEY.test(key)) return [[key, this.#secret(value)]];
        return [[key, this.#value(value, [...path, key])]];
      }),
    );
  }

  /** A list has the path of its field. */
  #value(value: unknown, path: readonly string[]): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.#value(item, path));
    return isObject(value) ? this.#fields(value, path) : value;
  }

  #secret(value: unknown): unknown {
    if (value === '' || value === null || value === undefined) return value;
    this.#count++;
    if (typeof value === 'string' && value.length >= LITERAL_CHARS_MIN) this.#literals.add(value);
    return REDACTED;
  }
}

const isKnownVariable = (name: unknown): boolean => typeof name === 'string' && KNOWN_VARIABLES.test(name);
