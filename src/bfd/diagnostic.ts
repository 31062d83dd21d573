/** Diagnostic codes of a control packet (RFC 5880 4.1). */
import type { BfdDiagnostic } from './status.ts';

/** By their code on the wire. */
const DIAGNOSTICS: readonly BfdDiagnostic[] = [
  'none',
  'detection-time-expired',
  'echo-failed',
  'neighbor-signaled-down',
  'forwarding-plane-reset',
  'path-down',
  'concatenated-path-down',
  'administratively-down',
  'reverse-concatenated-path-down',
];

/** `code` is 0 to 31. */
export const diagnosticOf = (code: number): BfdDiagnostic => DIAGNOSTICS[code] ?? 'reserved';

/** `reserved` has the first code that is. */
export function diagnosticCode(diagnostic: BfdDiagnostic): number {
  const code = DIAGNOSTICS.indexOf(diagnostic);
  return code < 0 ? DIAGNOSTICS.length : code;
}
