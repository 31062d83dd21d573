/**
 * Annotations of Services that were meant as a request and that nobody reads, since the key is almost one of those that are read, or
 * stands under `metadata.labels`. MetalLB and Berth pass over them without a word.
 */
import { limitText } from '../base/limited-text.ts';
import { closestMatch } from '../base/text.ts';
import { ANNOTATION_CHARS_MAX, REQUEST_ANNOTATIONS, SERVICE_ANNOTATIONS } from './annotations.ts';

/** Read by nobody any more, and written by MetalLB 0.13 and older: no mistake of the user. */
const OLD_KEYS: ReadonlySet<string> = new Set(['metallb.universe.tf/ip-allocated-from-pool']);

/** A Service keeps no more of them. */
export const MISSPELLED_MAX = 8;

/** The domains whose annotations of Services are read: all other keys of them are mistakes. */
const DOMAINS = ['metallb.io', 'metallb.universe.tf', 'berth.dev'];

/** Longer keys are refused by the API server. */
const KEY_CHARS_MAX = 320;

/** What any key has that resembles one that is read: others are passed over quickly. */
const MAY_RESEMBLE = /metal|universe|berth|load-?balancer-?ip|address-?pool|adress-?pool|allow-?shared/i;

const splitKey = (key: string): readonly [domain: string, name: string] => {
  const slash = key.lastIndexOf('/');
  return [key.slice(0, Math.max(slash, 0)), key.slice(slash + 1)];
};

const REQUEST_NAMES = [
  ...new Set(
    Object.values(REQUEST_ANNOTATIONS)
      .flat()
      .map((key) => splitKey(key)[1]),
  ),
];

/** `isMistake` without `meant`: a key of a domain that has no such annotation, nor one like it. */
export type AnnotationVerdict = { readonly isMistake: boolean; readonly meant: string | null };

const NO_MISTAKE: AnnotationVerdict = { isMistake: false, meant: null };

export function judgeAnnotation(key: string): AnnotationVerdict {
  if (!MAY_RESEMBLE.test(key) || key.length > KEY_CHARS_MAX) return NO_MISTAKE;
  if (SERVICE_ANNOTATIONS.includes(key) || OLD_KEYS.has(key)) return NO_MISTAKE;
  const [domain, name] = splitKey(key);
  if (DOMAINS.includes(domain)) {
    const ofDomain = SERVICE_ANNOTATIONS.filter((known) => splitKey(known)[0] === domain);
    const meant = closestMatch(
      name,
      ofDomain.map((known) => splitKey(known)[1]),
    );
    if (meant !== null) return { isMistake: true, meant: `${domain}/${meant}` };
    const elsewhere = closestMatch(name, REQUEST_NAMES);
    return { isMistake: true, meant: elsewhere === null ? null : `metallb.io/${elsewhere}` };
  }
  const nearDomain =
    domain === ''
      ? 'metallb.io'
      : (closestMatch(domain, DOMAINS) ?? (/metallb/i.test(domain) ? 'metallb.io' : null));
  const nearName = closestMatch(name, REQUEST_NAMES);
  if (nearDomain === null || nearName === null) return NO_MISTAKE;
  // Without a domain, a key is the user's own unless it is exactly one that is read.
  if (domain === '' && nearName.toLowerCase() !== name.toLowerCase()) return NO_MISTAKE;
  return { isMistake: true, meant: `${nearDomain === 'berth.dev' ? 'metallb.io' : nearDomain}/${nearName}` };
}

/** The annotations of a Service that are mistakes, at most `MISSPELLED_MAX`, each limited to `ANNOTATION_CHARS_MAX`. */
export function decodeMisspelledAnnotations(
  annotations: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  let count = 0;
  for (const [key, value] of Object.entries(annotations)) {
    if (!judgeAnnotation(key).isMistake || typeof value !== 'string') continue;
    if (++count > MISSPELLED_MAX) break;
    Object.defineProperty(kept, key, {
      value: limitText(value, ANNOTATION_CHARS_MAX),
      enumerable: true,
    });
  }
  return kept;
}

/** A key that nobody reads, and what was meant. */
export type UnreadKey = {
  readonly field: 'metadata.annotations' | 'metadata.labels';
  readonly key: string;
  readonly value: string;
  /** The annotation that was probably meant; null for none. */
  readonly meant: string | null;
};

/** All of them of a Service, by its annotations and labels, as they are decoded or as they are written. */
export function unreadKeys({
  annotations,
  labels,
}: {
  readonly annotations: Readonly<Record<string, unknown>>;
  readonly labels: Readonly<Record<string, unknown>>;
}): readonly UnreadKey[] {
  const asLabels = Object.values(REQUEST_ANNOTATIONS)
    .flat()
    .filter((key) => Object.hasOwn(labels, key));
  return [
    ...Object.entries(annotations).flatMap(([key, value]): readonly UnreadKey[] => {
      const { isMistake, meant } = judgeAnnotation(key);
      return isMistake ? [{ field: 'metadata.annotations', key, value: String(value), meant }] : [];
    }),
    ...asLabels.map(
      (key): UnreadKey => ({ field: 'metadata.labels', key, value: String(labels[key]), meant: key }),
    ),
  ];
}

/** The problem and the fix of one, each a sentence. */
export function describeUnreadKey({ field, key, meant }: UnreadKey): {
  readonly says: string;
  readonly fix: string;
} {
  if (field === 'metadata.labels')
    return {
      says: `The label ${key} has no effect: only the annotation of this name is read.`,
      fix: `Write it under metadata.annotations.`,
    };
  return {
    says: `The annotation ${key} has no effect: nothing reads it.`,
    fix: meant === null ? 'Remove it, or correct its name.' : `Did you mean ${meant}?`,
  };
}
