/** Problems of a cluster, from whichever check: what is wrong, with which object, and what to do. */
import { compareText } from '../base/text.ts';
import { SEVERITY_ORDER, type Severity } from '../findings/finding.ts';

/** `berth status` and `berth doctor` call a cluster so; `partial` for one without a known problem that was not read whole. */
export type ClusterVerdict = 'clean' | 'warnings' | 'errors' | 'partial';

export type ProblemObject = {
  readonly kind: string;
  /** '' for a cluster-scoped object. */
  readonly namespace: string;
  readonly name: string;
};

export type Problem = {
  /** A closed list for Berth's own problems: `PROBLEM_CODES`; a code of `berth doctor`, such as `P1`, for its findings. */
  readonly code: string;
  /** error: some traffic does not work; warning: it works badly, or soon will not; hint: worth knowing. */
  readonly severity: Severity;
  /** The object to look at first; null where the problem is that there is none. */
  readonly object: ProblemObject | null;
  /** The problem and its cause: sentences. */
  readonly says: string;
  /** What to change: a sentence; null where `says` tells it, or where nothing has to be done. */
  readonly fix: string | null;
  /** The command that shows more, without the program's name: `explain service web -n shop`; null for none. */
  readonly command: string | null;
  /** How many objects have the problem: Services, nodes, sessions; at least 1. */
  readonly count: number;
};

/** Codes of Berth's own problems: a closed list. Each is what `says` is about. */
export const PROBLEM_CODES = {
  NoController: 'No controller leads: no Service gets an address, and no condition is updated.',
  ControllerNotReady: 'A Pod of the controller is not ready, so there is no standby, or no leader.',
  MetallbController: "MetalLB's controller is ready in the namespace, so Berth's assigns nothing.",
  CrdMissing: 'The CustomResourceDefinitions of metallb.io are not installed.',
  ClusterTooOld: 'The API server is older than the versions that Berth supports.',
  VersionsDiffer: 'Pods of Berth run different versions.',
  PoolInvalid: 'An IPAddressPool is invalid.',
  PoolOverlap: 'A pool overlaps with an older one, which grants the addresses.',
  PoolExhausted: 'A pool has no free address.',
  PoolExhaustedSoon: 'A pool has few free addresses left.',
  ConfigurationInvalid: 'An object of the configuration is invalid; its last valid version stays in force.',
  NoAddress: 'Services have no address.',
  KeptAddress: 'Services keep an address against their request, or with a restriction.',
  NotAnnounced: 'Addresses are not announced.',
  AnnotationUnread: 'Services have annotations that were meant as a request, and that nothing reads.',
  NotReconciled: 'No controller has reconciled these Services yet.',
  AddressConflict: 'Services show one address, and may not share it.',
  SpeakerDown: 'The speaker of a node does not run.',
  SessionDown: 'BGP sessions are down.',
  RoutesRefused: 'Routes cannot be sent to a peer.',
  OwnerDown: 'The node that answers for addresses by layer 2 does not run.',
  HostConflict: 'Another host uses an address that a node answers for.',
} as const satisfies Record<string, string>;

export type ProblemCode = keyof typeof PROBLEM_CODES;

/** The worst first; then causes, what concerns most objects, and by object, so that the order is total. Keys have one order. */
export const sortProblems = (problems: readonly Problem[]): readonly Problem[] =>
  problems
    .map(inKeyOrder)
    .sort(
      (a, b) =>
        SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] ||
        codeOrder(a.code) - codeOrder(b.code) ||
        b.count - a.count ||
        compareText(a.code, b.code) ||
        compareText(nameOfObject(a.object), nameOfObject(b.object)),
    );

const inKeyOrder = ({ code, severity, object, says, fix, command, count }: Problem): Problem => ({
  ...{ code, severity, object, says, fix, command, count },
});

const CODES = Object.keys(PROBLEM_CODES);

/** Causes come before what follows from them; findings of the doctor come after the controller and before Services. */
const codeOrder = (code: string): number => {
  const index = CODES.indexOf(code);
  return index < 0 ? CODES.indexOf('NoAddress') : index;
};

export const nameOfObject = (object: ProblemObject | null): string =>
  object === null
    ? ''
    : `${object.kind} ${object.namespace === '' ? '' : `${object.namespace}/`}${object.name}`;

/** Hints do not count. */
export function verdictOf(problems: readonly Problem[], isPartial: boolean): ClusterVerdict {
  if (problems.some(({ severity }) => severity === 'error')) return 'errors';
  if (problems.some(({ severity }) => severity === 'warning')) return 'warnings';
  return isPartial ? 'partial' : 'clean';
}
