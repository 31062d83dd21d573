/** Codes of findings about Services and their addresses; they never change. Each has a name, and a paragraph in docs/service-findings.md. */
import type { FindingOf } from '../../findings/finding.ts';

export const SERVICE_FINDING_CODES = {
  A1: 'no-address',
  A2: 'address-restricted',
  A3: 'address-conflict',
  A4: 'annotation-unread',
  A5: 'field-unknown',
  A6: 'address-pool-unread',
} as const;

export type ServiceFindingCode = keyof typeof SERVICE_FINDING_CODES;

export type ServiceFinding = FindingOf<ServiceFindingCode>;
