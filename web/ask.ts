/** Questions to the server about the cluster. The answer is a document, or sentences that say why there is none. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RefusedQuestion } from '../src/overview/answers.ts';
import { authorization } from './token.ts';

export type Asked<T> =
  | { readonly kind: 'asking' }
  | { readonly kind: 'answered'; readonly answer: T }
  | { readonly kind: 'refused'; readonly errors: readonly string[] };

export type QuestionPath = '/api/allocation' | '/api/explain' | '/api/plan' | '/api/object';

const NO_ANSWER =
  'The dashboard does not answer: the command that serves it was ended, or the machine sleeps.';

export async function ask<T>(path: QuestionPath, question: unknown, signal?: AbortSignal): Promise<Asked<T>> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { Authorization: authorization(), 'Content-Type': 'application/json' },
      body: JSON.stringify(question),
      cache: 'no-store',
      signal: signal ?? null,
    });
    if (response.ok) return { kind: 'answered', answer: (await response.json()) as T };
    const text = await response.text();
    return { kind: 'refused', errors: errorsIn(text) };
  } catch {
    return { kind: 'refused', errors: [NO_ANSWER] };
  }
}

/** A refusal before the question was read is plain text. */
function errorsIn(text: string): readonly string[] {
  try {
    return (JSON.parse(text) as RefusedQuestion).errors;
  } catch {
    return [text.trim()];
  }
}

/** An answer takes the whole cluster into account: it is asked for again after ten times as long as it took. */
const PAUSE_FACTOR = 10;
const PAUSE_MIN_MS = 1_000;

/** Asks again when `about` is another value; until then the last answer to the same question stays. */
export function useAnswer<T>(
  path: QuestionPath,
  question: Readonly<Record<string, string>>,
  about: unknown,
): Asked<T> {
  const key = JSON.stringify(question);
  const [held, setHeld] = useState<{ readonly key: string; readonly asked: Asked<T> } | null>(null);
  const next = useRef({ key: '', time: 0 });
  useEffect(() => {
    const abort = new AbortController();
    const wait = next.current.key === key ? Math.max(0, next.current.time - Date.now()) : 0;
    const timer = setTimeout(async () => {
      const begin = Date.now();
      const asked = await ask<T>(path, question, abort.signal);
      if (abort.signal.aborted) return;
      const end = Date.now();
      next.current = { key, time: end + Math.max(PAUSE_MIN_MS, PAUSE_FACTOR * (end - begin)) };
      setHeld({ key, asked });
    }, wait);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [path, key, about]);
  return held?.key === key ? held.asked : { kind: 'asking' };
}
