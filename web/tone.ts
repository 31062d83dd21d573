/** How good something is, for colours and signs. */
import type { SessionState, SpeakerRunState } from '../src/overview/announcing-document.ts';

export type Tone = 'good' | 'warning' | 'bad' | 'idle';

export const SESSION_TONES: Readonly<Record<SessionState, Tone>> = {
  ...{ up: 'good', down: 'bad', bridged: 'warning', stale: 'idle' },
};

export const SPEAKER_TONES: Readonly<Record<SpeakerRunState, Tone>> = {
  ...{ running: 'good', starting: 'idle', draining: 'warning', left: 'idle' },
  ...{ stopped: 'warning', down: 'bad', unknown: 'warning' },
};

const WORST_FIRST: readonly Tone[] = ['bad', 'warning', 'idle', 'good'];

export const compareTones = (a: Tone, b: Tone): number => WORST_FIRST.indexOf(a) - WORST_FIRST.indexOf(b);

/** Good where there is none. */
export function worstTone(tones: Iterable<Tone>): Tone {
  const seen = new Set(tones);
  return WORST_FIRST.find((tone) => seen.has(tone)) ?? 'good';
}
