/**
 * What the doctor says of Services and their addresses: which get none, and why, in the words of the overview. Live, the conditions
 * of the controller say it; for files, the controller's own code is run on them.
 */
import type { ServiceFinding, ServiceFindingCode } from '../../allocation/findings/codes.ts';
import { findObjectMistakes } from '../../allocation/findings/object-findings.ts';
import type { Millis } from '../../base/clock.ts';
import type { Raw } from '../../base/json.ts';
import { groupBy } from '../../base/list.ts';
import { quoteText } from '../../config/issue.ts';
import { type UndecidedCheckOf, undecidedCheck } from '../../findings/finding.ts';
import { isOfKind } from '../../objects/object-id.ts';
import { decodeService, type Service, splitServiceKey } from '../../objects/service.ts';
import type { OverviewDocument } from '../../overview/document.ts';
import type { Problem } from '../../overview/problem.ts';
import { overviewOfFileServices, overviewOfLiveServices } from '../cluster/overview/service-overview.ts';
import { arePoolsShown } from '../cluster/overview/undecided-services.ts';

export type ServiceFindings = {
  readonly findings: readonly ServiceFinding[];
  readonly unknown: readonly UndecidedCheckOf<ServiceFindingCode>[];
};

export type ServiceFindingOptions = {
  /** Of the controller and the pools. */
  readonly namespace: string;
  /** The controller's `--lb-class`, '' for none. */
  readonly lbClass: string;
  readonly wall: Millis;
};

/** Problems of the overview that are findings of the doctor, too. */
const CODES: Readonly<Record<string, ServiceFindingCode>> = {
  NoAddress: 'A1',
  KeptAddress: 'A2',
  AddressConflict: 'A3',
};

/** Reasons that no further object changes: the request itself, or a Service that is shown. */
const CERTAIN_REASONS: ReadonlySet<string> = new Set([
  ...['InvalidRequest', 'AddressTaken', 'SharingRefused', 'PoolInvalid'],
]);

/** Of the live cluster: by what the controller has written. `objects` are its Services. */
export function liveServiceFindings(
  objects: readonly Raw[],
  { namespace, lbClass, wall }: ServiceFindingOptions,
): ServiceFindings {
  const services = servicesIn(objects);
  const overview = overviewOfLiveServices(services, { namespace, lbClass });
  // Ports are not read of a live cluster, so whether two Services may share an address is not decided.
  const problems = overview.document(wall).problems.filter(({ code }) => code !== 'AddressConflict');
  return {
    findings: [...findObjectMistakes(objects), ...problems.flatMap((one) => toFinding(one) ?? [])],
    unknown: [],
  };
}

/** Of files. `complete`: what they lack does not exist. */
export async function fileServiceFindings(
  objects: readonly Raw[],
  { complete, ...options }: ServiceFindingOptions & { readonly complete: boolean },
): Promise<ServiceFindings> {
  const { overview, services } = await overviewOfFileServices(objects, options);
  const document = overview.document(options.wall);
  const mistakes = findObjectMistakes(objects);
  const isDecided = complete || arePoolsShown(objects);
  const undecided = document.problems.some(({ code }) => code === 'NoAddress') && !isDecided;
  return {
    findings: [
      ...mistakes,
      ...document.problems
        .filter((one) => isDecided || one.code !== 'NoAddress')
        .flatMap((one) => toFinding(one) ?? [])
        // Whether a speaker answers by layer 2 is a question to the model of the speakers.
        .filter((one) => reasonOf(one, document) !== 'Layer2Only')
        .map((one) => (complete || CERTAIN_REASONS.has(reasonOf(one, document)) ? one : asWarning(one))),
      ...classFindings(services, options.lbClass),
    ],
    unknown: undecided
      ? [
          undecidedCheck(
            { code: 'A1' as const, question: 'whether Services get an address' },
            ['IPAddressPool'],
            'no IPAddressPool in the input',
          ),
        ]
      : [],
  };
}

const servicesIn = (objects: readonly Raw[]): readonly Service[] =>
  objects.flatMap((raw) => (isOfKind(raw, 'Service', '') ? (decodeService(raw) ?? []) : []));

function toFinding({ code, severity, object, says, fix, command }: Problem): ServiceFinding | null {
  const known = CODES[code];
  if (known === undefined || object === null) return null;
  return {
    ...{ code: known, severity, field: 'status.loadBalancer', problem: says },
    object: { apiVersion: 'v1', ...object },
    remedy: [fix, command === null ? null : `See berth ${command}`].filter((text) => text !== null).join(' '),
    ...{ edits: [], concerns: [], addresses: [] },
  };
}

/** Of the condition; '' for none. */
function reasonOf({ object }: ServiceFinding, { services }: OverviewDocument): string {
  const key = `${object.namespace}/${object.name}`;
  return services?.items.find(({ service }) => service === key)?.reason ?? '';
}

/** Another file may have the pool that is missing. */
const asWarning = (one: ServiceFinding): ServiceFinding =>
  one.severity === 'error' && one.code === 'A1' ? { ...one, severity: 'warning' } : one;

/** A hint for each class that is not the controller's: Services of it get no address here. */
function classFindings(services: readonly Service[], lbClass: string): readonly ServiceFinding[] {
  const others = services.filter(
    ({ type, loadBalancerClass, ingress }) =>
      type === 'LoadBalancer' && (loadBalancerClass ?? '') !== lbClass && ingress.length === 0,
  );
  return [...groupBy(others, ({ loadBalancerClass }) => loadBalancerClass ?? '')].flatMap(([name, group]) => {
    const [first] = group;
    if (first === undefined) return [];
    const more = group.length === 1 ? '' : ` and ${group.length - 1} more`;
    const mine = lbClass === '' ? 'without a class' : `of the class ${quoteText(lbClass)}`;
    return [
      {
        ...({ code: 'A1', severity: 'hint', field: 'spec.loadBalancerClass' } as const),
        object: { apiVersion: 'v1', kind: 'Service', ...splitServiceKey(first.key) },
        problem: `Service ${first.key}${more} ${name === '' ? 'has no class' : `has the class ${quoteText(name)}`}. This controller serves Services ${mine}.`,
        remedy:
          name === ''
            ? 'Leave it to its controller, or create it again with the class.'
            : `If the controller runs with --lb-class ${name}, add that. Else create the Service again; the field cannot be edited.`,
        ...{ edits: [], concerns: [], addresses: [] },
      },
    ];
  });
}
