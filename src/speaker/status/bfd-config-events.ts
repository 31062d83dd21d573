/** Events about BFD in the configuration: on BFDProfiles that are invalid or not as written, and on peers without theirs. */
import type { ObjectIssue } from '../../announce/config/object-issue.ts';
import { formatIssue } from '../../config/issue.ts';
import type { ObjectReference } from '../../objects/object-reference.ts';
import type { SpeakerEvent } from '../ports.ts';

export type BfdConfigEventsOptions = {
  /** Null where the object is gone. */
  readonly find: (kind: BfdConfigKind, name: string) => ObjectReference | null;
  readonly send: (event: SpeakerEvent) => void;
};

export type BfdConfigKind = 'BFDProfile' | 'BGPPeer';

/** What is wrong with one object. */
type Complaint = { readonly kind: BfdConfigKind; readonly name: string; readonly lines: readonly string[] };

export class BfdConfigEvents {
  readonly #options: BfdConfigEventsOptions;
  /** Messages that were sent, by reason, kind and name. */
  readonly #sent = new Map<string, string>();
  #errors: readonly ObjectIssue[] = [];
  #warnings: readonly ObjectIssue[] = [];

  constructor(options: BfdConfigEventsOptions) {
    this.#options = options;
  }

  /** Null: unchanged since the last call. One event for each object, with all its complaints; again when they change. */
  reconciled(errors: readonly ObjectIssue[] | null, warnings: readonly ObjectIssue[] | null): void {
    if (errors === null && warnings === null) return;
    this.#errors = errors ?? this.#errors;
    this.#warnings = warnings ?? this.#warnings;
    const current = new Set([
      ...this.#report('BFDProfileInvalid', this.#errors),
      ...this.#report('BFDProfileWarning', this.#warnings),
    ]);
    for (const key of [...this.#sent.keys()]) if (!current.has(key)) this.#sent.delete(key);
  }

  /** The keys of all complaints. */
  #report(
    reason: 'BFDProfileInvalid' | 'BFDProfileWarning',
    issues: readonly ObjectIssue[],
  ): readonly string[] {
    return complaintsOf(issues).map(({ kind, name, lines }) => {
      const key = `${reason} ${kind} ${name}`;
      const message = lines.join('; ');
      const regarding = this.#sent.get(key) === message ? null : this.#options.find(kind, name);
      if (regarding !== null) {
        this.#sent.set(key, message);
        this.#options.send({ regarding, event: { type: 'Warning', reason, message } });
      }
      return key;
    });
  }
}

function complaintsOf(issues: readonly ObjectIssue[]): readonly Complaint[] {
  const complaints = new Map<string, { kind: BfdConfigKind; name: string; lines: string[] }>();
  for (const { kind, name, issue, origin } of issues) {
    if (kind !== 'BFDProfile' && !(kind === 'BGPPeer' && issue.path === 'spec.bfdProfile')) continue;
    const key = `${kind} ${name}`;
    const complaint = complaints.get(key) ?? { kind, name, lines: [] };
    complaint.lines.push(formatIssue(origin?.issue ?? issue));
    complaints.set(key, complaint);
  }
  return [...complaints.values()];
}
