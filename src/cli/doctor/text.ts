/** The report of `berth doctor` for people: problems, then the routes of each router, then its checklist. */

import { joinCauses } from '../../base/shared-causes.ts';
import type { TextStyle } from '../../base/styled-text.ts';
import { plural } from '../../base/text.ts';
import type { LiveComparison } from '../../calico/report/live-comparison.ts';
import { type RouteReport, type RouterReport, routerChecklist } from '../../calico/report/router-report.ts';
import type { AnnouncementSnapshot } from '../../delivery/findings/snapshot.ts';
import type { ObjectEdit, Severity } from '../../findings/finding.ts';
import type { TextFormat } from '../../observe/terminal.ts';
import { bulletList, headedLines, joinSections, proseLines } from '../framework/lines.ts';
import { type TableColumn, tableLines } from '../framework/table.ts';
import { announcementTable } from './announcements-text.ts';
import { commandLines, kubectlCommand } from './kubectl-commands.ts';
import { type CalicoReport, codeName, type DoctorFinding, type DoctorReport } from './report.ts';

const SEVERITY_LABELS: Readonly<Record<Severity, readonly [label: string, style: TextStyle]>> = {
  error: ['ERROR', 'red'],
  warning: ['WARNING', 'yellow'],
  hint: ['HINT', 'dim'],
};

/** Routes that are listed one by one; all of them are in -o json. */
const ROUTES_MAX = 40;
/** Commands of one fix that are printed; all of them are in -o json. */
const EDITS_MAX = 4;

export function doctorReportLines(
  report: DoctorReport,
  program: string,
  format: TextFormat,
): readonly string[] {
  const { findings, unknown, unread, calico, speakers } = report;
  const routers = calico?.routers ?? [];
  const live = calico?.live ?? null;
  return joinSections([
    headline(report, format),
    // What could not be read comes before the findings, which may be incomplete because of it.
    report.isPartial ? bulletList('Could not be read', joinCauses(unread), format) : [],
    ...findings.map((one, index) => findingLines(one, findings.slice(0, index), format)),
    ...routers.map((one) => routerLines(one, program, format)),
    speakers === null ? [] : announcementTable(speakers, program, format),
    live === null ? [] : comparisonLines(live, format),
    unknown.length === 0 ? [] : bulletList('Cannot be checked', describeUnknown(unknown), format),
    ...routers.map((one) =>
      bulletList(`Checklist for the router ${one.address}`, routerChecklist(one), format),
    ),
  ]);
}

function headline(
  { description, findings, calico, speakers, unread, isPartial }: DoctorReport,
  format: TextFormat,
): readonly string[] {
  const facts = [
    ...(calico === null ? [] : calicoFacts(calico)),
    ...(speakers === null ? [] : speakerFacts(speakers)),
  ];
  return [
    format.paint('bold', description),
    ...proseLines(facts.join(', '), format, { first: 2 }),
    ...(isPartial
      ? [`  ${format.paint('yellow', `checked in part: ${plural(unread.length, 'kind')} could not be read`)}`]
      : []),
    `  ${verdictText(findings, format)}${isPartial ? ' in what could be read' : ''}`,
  ];
}

function calicoFacts({ snapshot, routers }: CalicoReport): readonly string[] {
  const { cluster } = snapshot.converged;
  const version =
    cluster.version === null ? 'Calico of unknown version' : `Calico v${cluster.version.join('.')}`;
  return [
    version,
    plural(cluster.nodes.length, 'node'),
    `mesh ${cluster.configuration.mesh ? 'on' : 'off'}`,
    plural(routers.length, 'router'),
    plural(snapshot.assigned.length, 'address', 'addresses'),
  ];
}

function speakerFacts({
  cluster,
  sessions,
  announced,
  undelivered,
}: AnnouncementSnapshot): readonly string[] {
  const { config } = cluster.objects;
  const up = sessions.filter(({ isDown }) => !isDown).length;
  return [
    `speakers on ${plural(cluster.running.length, 'node')}`,
    plural(config.peers.length, 'BGP peer'),
    ...(sessions.length === 0 ? [] : [`${up} of ${plural(sessions.length, 'session')} established`]),
    plural(config.layer2.length, 'L2Advertisement'),
    plural(announced.deliveries.length, 'address', 'addresses'),
    ...(undelivered === null || undelivered.length === 0 ? [] : [`${undelivered.length} not announced`]),
  ];
}

function verdictText(findings: readonly DoctorFinding[], { paint }: TextFormat): string {
  const count = (severity: Severity): number => findings.filter((one) => one.severity === severity).length;
  const [errors, warnings] = [count('error'), count('warning')];
  if (errors > 0) return paint('red', `${plural(errors, 'error')}, ${plural(warnings, 'warning')}`);
  return warnings > 0
    ? paint('yellow', plural(warnings, 'warning'))
    : paint('green', 'no errors and no warnings');
}

function findingLines(
  { code, severity, object, field, problem, remedy, edits }: DoctorFinding,
  earlier: readonly DoctorFinding[],
  format: TextFormat,
): readonly string[] {
  const { paint } = format;
  const [label, style] = SEVERITY_LABELS[severity];
  const { kind, namespace, name } = object;
  // An object that is missing altogether has no name.
  const where = [kind, namespace === '' ? name : `${namespace}/${name}`, field]
    .filter((part) => part !== '')
    .join(' ');
  const shownEdits = edits.slice(0, EDITS_MAX);
  const more = edits.length - shownEdits.length;
  return [
    ...headedLines(`${label} ${code}`, ` ${codeName(code)}: ${where}`, format, {
      style: () => `${paint(style, label)} ${paint('bold', code)}`,
    }),
    ...proseLines(problem, format, { first: 2 }),
    ...proseLines(remedy, format, { first: 2 }),
    ...shownEdits
      .flatMap((edit) => linesOfEdit(edit, earlier, format))
      .map((line) => `    ${paint('dim', line)}`),
    ...(more > 0 ? [`    and ${plural(more, 'more command')}: -o yaml lists them`] : []),
  ];
}

/** An edit that mends two findings is printed with the first of them. */
function linesOfEdit(
  edit: ObjectEdit,
  earlier: readonly DoctorFinding[],
  format: TextFormat,
): readonly string[] {
  const command = kubectlCommand(edit);
  const first = earlier.find(({ edits }) =>
    edits.slice(0, EDITS_MAX).some((one) => kubectlCommand(one) === command),
  );
  if (first === undefined) return commandLines(edit);
  const { columns } = format;
  return proseLines(`the command of ${first.code} ${codeName(first.code)} above does it`, {
    columns: columns - 4,
  });
}

const ROUTE_COLUMNS: readonly TableColumn[] = [
  { name: 'PREFIX' },
  { name: 'FROM' },
  { name: 'AS PATH' },
  { name: 'COMMUNITIES' },
  { name: 'NEEDED BY', canShrink: true },
];

function routerLines(
  { address, as, routes, sessions }: RouterReport,
  program: string,
  format: TextFormat,
): readonly string[] {
  const up = sessions.filter(({ trouble }) => trouble === '').length;
  const title = `Router ${address}, AS ${as}`;
  const titled = (text: string): readonly string[] =>
    headedLines(title, text, format, { style: (head) => format.paint('bold', head) });
  const state = `${up} of ${plural(sessions.length, 'session')} established`;
  const down = sessions
    .filter(({ trouble }) => trouble !== '')
    .flatMap(({ node, trouble }) =>
      proseLines(`${node}: no session, ${trouble}`, format, { first: 2, rest: 4 }),
    );
  if (routes.length === 0) return [...titled(` (${state}): learns no route`), ...down];
  const shown = routes.slice(0, ROUTES_MAX);
  const more = routes.length - shown.length;
  return [
    ...titled(` (${state}) learns`),
    ...down,
    ...tableLines(ROUTE_COLUMNS, shown.map(routeRow), format, 2),
    ...(more > 0 ? [`  and ${plural(more, 'more route')}: ${program} doctor -o yaml lists them`] : []),
  ];
}

const routeRow = ({ prefix, nextHops, asPath, communities, services }: RouteReport): readonly string[] => [
  prefix,
  abbreviatedList(nextHops.map(({ node }) => node)),
  abbreviatedList(asPath.map(String)),
  abbreviatedList(communities),
  abbreviatedList(services),
];

/** Characters of a list in a cell; the rest is a number. */
const LIST_CHARS_MAX = 28;

function abbreviatedList(items: readonly string[]): string {
  const text = items.join(' ');
  if (text.length <= LIST_CHARS_MAX) return text === '' ? '-' : text;
  const shown: string[] = [];
  for (const item of items) {
    if ([...shown, item].join(' ').length > LIST_CHARS_MAX - 4) break;
    shown.push(item);
  }
  return `${shown.join(' ')} +${items.length - shown.length}`;
}

function comparisonLines(
  { reporting, silent: notReporting, differences }: LiveComparison,
  format: TextFormat,
): readonly string[] {
  const title = `Compared with CalicoNodeStatus of ${plural(reporting.length, 'node')}; ${notReporting.length} without a status`;
  const items =
    differences.length === 0 && reporting.length > 0 ? ['the nodes report what was predicted'] : differences;
  return bulletList(title, items, format);
}

/** By what the input lacks: `no Node in the input: P4 local-leak, P12 node-without-router`. */
function describeUnknown(unknown: DoctorReport['unknown']): readonly string[] {
  const byNeeds = new Map<string, string[]>();
  for (const { code, because: missing } of unknown) {
    byNeeds.set(missing, [...(byNeeds.get(missing) ?? []), `${code} ${codeName(code)}`]);
  }
  return [...byNeeds].map(([missing, codes]) => `${missing}: ${codes.join(', ')}`);
}
