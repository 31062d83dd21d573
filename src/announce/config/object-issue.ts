/** An error or a warning about one object, as the state of the node's configuration lists it. */
import { quoted } from '../../base/printable.ts';
import { type ConfigIssue, formatIssue } from '../../config/issue.ts';

export type AnnounceIssue = ConfigIssue & {
  /** MetalLB's own text, which its users' tools match. It is shown instead of `message`, without a prefix. */
  readonly metallbText?: string;
  /** The object is in force, without this one setting. */
  readonly isWarning?: true;
};

export type ObjectIssue = {
  readonly kind: string;
  readonly name: string;
  readonly issue: AnnounceIssue;
  /** The same where its author wrote it, which is shown instead: see `ConfigOrigin`. */
  readonly origin?: ObjectIssue;
};

export const warningIssue = (path: string, message: string): AnnounceIssue => ({
  path,
  message,
  isWarning: true,
});

export const objectIssues = (
  kind: string,
  name: string,
  issues: readonly AnnounceIssue[],
): readonly ObjectIssue[] => issues.map((issue) => ({ kind, name, issue }));

export const isWarningIssue = ({ issue }: ObjectIssue): boolean => issue.isWarning === true;

export function formatObjectIssue({ kind, name, issue, origin }: ObjectIssue): string {
  if (origin !== undefined) return formatObjectIssue(origin);
  return issue.metallbText ?? `${kind} ${quoted(name)}: ${formatIssue(issue)}`;
}

/** MetalLB's format: the first line begins with `configuration error: `. */
export const summarizeIssues = (issues: readonly ObjectIssue[]): string =>
  issues.length === 0 ? '' : `configuration error: ${issues.map(formatObjectIssue).join('\n')}`;
