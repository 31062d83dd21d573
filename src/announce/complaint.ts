/** What is wrong with one object, as the state of a node's configuration tells it. */
import { type ConfigIssue, formatIssue } from '../config/issue.ts';

/** `text` is a sentence of MetalLB's that its tests and its users look for as it is; it stands alone then. */
export type Fault = ConfigIssue & { readonly text?: string };

export type Complaint = { readonly kind: string; readonly name: string; readonly fault: Fault };

export const complaintsOf = (kind: string, name: string, faults: readonly Fault[]): readonly Complaint[] =>
  faults.map((fault) => ({ kind, name, fault }));

export const formatComplaint = ({ kind, name, fault }: Complaint): string =>
  fault.text ?? `${kind} ${JSON.stringify(name)}: ${formatIssue(fault)}`;

/** MetalLB: the first line begins so. */
export const summaryOf = (complaints: readonly Complaint[]): string =>
  complaints.length === 0 ? '' : `configuration error: ${complaints.map(formatComplaint).join('\n')}`;
