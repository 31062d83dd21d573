/** What the page knows: the document, and whether it is followed. */
import { computed, signal } from '@preact/signals';
import type { CommandStart } from '../src/overview/command-start.ts';
import type { OverviewDocument } from '../src/overview/document.ts';
import { applyPatch, type DocumentOrigin, type OverviewEvent } from '../src/overview/document-patch.ts';
import { documentChanges } from './document-changes.ts';
import { followEvents, type StreamState } from './events.ts';
import { remember, type TimelineChange } from './history.ts';
import { lastEdits } from './object-changes.ts';
import { takeToken } from './token.ts';

export const document$ = signal<OverviewDocument | null>(null);
/** How commands of a terminal reach what is shown. */
export const commands$ = signal<CommandStart | null>(null);
/** Files are read once, and then nothing of them is live. */
export const origin$ = signal<DocumentOrigin>('cluster');
export const stream$ = signal<StreamState>({ kind: 'closed', says: 'Connecting' });
/** Why the cluster does not answer; null where it does. */
export const lost$ = signal<string | null>(null);

/** Changes since the page was opened, and the last ones before. */
export const history$ = signal<readonly TimelineChange[]>([]);

export type UsagePoint = { readonly time: number; readonly used: number };

/** Addresses in use by pool, since the page was opened. */
export const usage$ = signal<ReadonlyMap<string, readonly UsagePoint[]>>(new Map());
const USAGE_POINTS_MAX = 600;

/** A sentence for the top of every page; null while all is as it should be. */
export const interruption$ = computed<string | null>(() => {
  const stream = stream$.value;
  if (stream.kind !== 'open') return stream.says;
  return lost$.value === null ? null : `The cluster does not answer: ${lost$.value}`;
});

let version = 0;

export function start(): void {
  takeToken();
  void followEvents({
    version: () => version,
    onEvent: take,
    onState: (state) => {
      stream$.value = state;
    },
  });
}

function take(event: OverviewEvent): void {
  version = event.version;
  const before = document$.value;
  if (event.kind === 'lost') {
    lost$.value = event.says;
    return;
  }
  lost$.value = null;
  if (event.kind === 'document') {
    origin$.value = event.origin;
    commands$.value = event.commands;
    document$.value = event.document;
  } else if (before === null) return;
  else if (event.kind === 'patch') {
    document$.value = applyPatch(before, event.patch);
  } else document$.value = { ...before, time: event.time };
  const after = document$.value;
  if (after !== null) {
    // What objects tell of is what was before: once the page follows them, it sees each change itself.
    const changes =
      before === null ? [...lastEdits(after), ...after.changes] : documentChanges(before, after);
    history$.value = remember(history$.value, changes);
  }
  recordUsage();
}

function recordUsage(): void {
  const document = document$.value;
  if (document?.pools == null) return;
  const time = Date.parse(document.time);
  const next = new Map<string, readonly UsagePoint[]>();
  for (const { name, ipv4, ipv6 } of document.pools) {
    const used = (ipv4?.used ?? 0) + (ipv6?.used ?? 0);
    const points = usage$.value.get(name) ?? [];
    const last = points.at(-1);
    next.set(name, last?.used === used ? points : [...points, { time, used }].slice(-USAGE_POINTS_MAX));
  }
  usage$.value = next;
}
