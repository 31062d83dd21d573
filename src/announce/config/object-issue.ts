/** What is wrong with one object, as the state of a node's configuration tells it. */
import { type ConfigIssue, formatIssue } from '../../config/issue.ts';

export type AnnounceIssue = ConfigIssue & {
  /** A sentence of MetalLB's that its tests and its users look for as it is; it stands alone then. */
  readonly metallbText?: string;
  /** The object is in force all the same, only not in this. */
  readonly isWarning?: true;
};

export type ObjectIssue = { readonly kind: string; readonly name: string; readonly issue: AnnounceIssue };

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

export const formatObjectIssue = ({ kind, name, issue }: ObjectIssue): string =>
  issue.metallbText ?? `${kind} ${JSON.stringify(name)}: ${formatIssue(issue)}`;

/** MetalLB: the first line begins so. */
export const summarizeIssues = (issues: readonly ObjectIssue[]): string =>
  issues.length === 0 ? '' : `configuration error: ${issues.map(formatObjectIssue).join('\n')}`;
