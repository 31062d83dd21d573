/** Questions to the server about the cluster. The answer is a document, or sentences that say why there is none. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { parseJsonOrNull } from '../src/base/json.ts';
import { type Answers, IS_ANSWER, isRefusal, type QuestionPath } from './answers.ts';
import { authorization } from './token.ts';

export type Asked<T> =
  | { readonly kind: 'asking' }
  | { readonly kind: 'answered'; readonly answer: T }
  | { readonly kind: 'refused'; readonly errors: readonly string[] };

const NO_ANSWER =
  'The dashboard does not answer: the command that serves it was ended, or the machine sleeps.';
const NOT_THE_DASHBOARD =
  'What answers is not this dashboard: another program has its port. Open the address that the command printed.';

export async function ask<P extends QuestionPath>(
  path: P,
  question: unknown,
  signal?: AbortSignal,
): Promise<Asked<Answers[P]>> {
  const response = await post(path, question, signal).catch(() => null);
  return response === null
    ? { kind: 'refused', errors: [NO_ANSWER] }
    : readAnswer(path, response.isOk, response.text);
}

type Answered = { readonly isOk: boolean; readonly text: string };

async function post(path: QuestionPath, question: unknown, signal?: AbortSignal): Promise<Answered> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { Authorization: authorization(), 'Content-Type': 'application/json' },
    body: JSON.stringify(question),
    cache: 'no-store',
    signal: signal ?? null,
  });
  return { isOk: response.ok, text: await response.text() };
}

/** `text` is the body of the response. */
export function readAnswer<P extends QuestionPath>(path: P, isOk: boolean, text: string): Asked<Answers[P]> {
  const value = parseJsonOrNull(text);
  if (!isOk)
    // A refusal before the question was read is plain text.
    return { kind: 'refused', errors: isRefusal(value) ? value.errors : [text.trim()] };
  return IS_ANSWER[path](value)
    ? { kind: 'answered', answer: value }
    : { kind: 'refused', errors: [NOT_THE_DASHBOARD] };
}

/** An answer takes the whole cluster into account: it is asked for again after ten times as long as it took. */
const PAUSE_FACTOR = 10;
const PAUSE_MIN_MS = 1_000;

/** Asks again when `about` is another value; until then the last answer to the same question stays. */
export function useAnswer<P extends QuestionPath>(
  path: P,
  question: Readonly<Record<string, string>>,
  about: unknown,
): Asked<Answers[P]> {
  const key = JSON.stringify(question);
  const [held, setHeld] = useState<{ readonly key: string; readonly asked: Asked<Answers[P]> } | null>(null);
  const next = useRef({ key: '', time: 0 });
  useEffect(() => {
    const abort = new AbortController();
    const wait = next.current.key === key ? Math.max(0, next.current.time - Date.now()) : 0;
    const timer = setTimeout(async () => {
      const begin = Date.now();
      const asked = await ask(path, question, abort.signal);
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
