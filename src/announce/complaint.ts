/** What is wrong with one object, as the state of a node's configuration tells it. */
import { type ConfigIssue, formatIssue } from '../config/issue.ts';

export type Fault = ConfigIssue & {
  /** A sentence of MetalLB's that its tests and its users look for as it is; it stands alone then. */
  readonly text?: string;
  /** The object is in force all the same, only not in this. */
  readonly warning?: true;
};

export type Complaint = { readonly kind: string; readonly name: string; readonly fault: Fault };

export const warning = (path: string, message: string): Fault => ({ path, message, warning: true });

export const complaintsOf = (kind: string, name: string, faults: readonly Fault[]): readonly Complaint[] =>
  faults.map((fault) => ({ kind, name, fault }));

export const isWarning = ({ fault }: Complaint): boolean => fault.warning === true;

export const formatComplaint = ({ kind, name, fault }: Complaint): string =>
  fault.text ?? `${kind} ${JSON.stringify(name)}: ${formatIssue(fault)}`;

/** MetalLB: the first line begins so. */
export const summaryOf = (complaints: readonly Complaint[]): string =>
  complaints.length === 0 ? '' : `configuration error: ${complaints.map(formatComplaint).join('\n')}`;
