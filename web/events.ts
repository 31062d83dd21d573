/** The stream of events from the server. It is fetched, since an EventSource sends no header, and the token is one. */
import type { OverviewEvent } from '../src/overview/document-patch.ts';
import { isEvent } from './event-shapes.ts';
import { StreamLines } from './stream-lines.ts';
import { authorization } from './token.ts';

export type StreamState =
  | { readonly kind: 'open' }
  | { readonly kind: 'closed'; readonly says: string }
  /** The server refuses this page: trying again does not help. */
  | { readonly kind: 'refused'; readonly says: string };

export type StreamOptions = {
  /** The version that the page has; 0 for none. */
  readonly version: () => number;
  readonly onEvent: (event: OverviewEvent) => void;
  readonly onState: (state: StreamState) => void;
};

/** The server writes each event as one such line. */
const DATA = 'data: ';
const RETRY_MS = 1_000;
/** Longer than the server is ever silent. */
const SILENT_MS = 25_000;

const SERVER_GONE =
  'The dashboard itself does not answer: the command that serves it was ended, or the machine sleeps';

/** Follows until the page is closed, or the server refuses it. */
export async function followEvents(options: StreamOptions): Promise<void> {
  for (;;) {
    const refused = await followOnce(options).catch(() => null);
    if (refused !== null) return options.onState({ kind: 'refused', says: refused });
    options.onState({ kind: 'closed', says: SERVER_GONE });
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

function readEvent(text: string): OverviewEvent {
  const value: unknown = JSON.parse(text);
  // The caller asks again: the dashboard may be back by then.
  if (!isEvent(value)) throw new Error('no event of a dashboard');
  return value;
}

/** Resolves when the stream ends: with a sentence where the server refuses, else null. */
async function followOnce({ version, onEvent, onState }: StreamOptions): Promise<string | null> {
  const abort = new AbortController();
  let silence = setTimeout(() => abort.abort(), SILENT_MS);
  const response = await fetch('/api/events', {
    headers: { Authorization: authorization(), 'Last-Event-ID': `${version()}` },
    signal: abort.signal,
    cache: 'no-store',
  });
  if (response.status === 403) return (await response.text()).trim();
  if (!response.ok || response.body === null) return null;
  onState({ kind: 'open' });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const lines = new StreamLines();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return null;
    clearTimeout(silence);
    silence = setTimeout(() => abort.abort(), SILENT_MS);
    for (const line of lines.take(value))
      if (line.startsWith(DATA)) onEvent(readEvent(line.slice(DATA.length)));
  }
}
