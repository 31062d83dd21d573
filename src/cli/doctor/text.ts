/** An examination for people: what is wrong, what the routers learn, what they need. */
import { plural, wrap } from '../../base/text.ts';
import { FINDING_CODES } from '../../calico/findings/codes.ts';
import type { Finding, Severity, UndecidedCheck } from '../../calico/findings/finding.ts';
import type { ClusterSnapshot } from '../../calico/findings/snapshot.ts';
import type { LiveComparison } from '../../calico/report/live-comparison.ts';
import { type RouteReport, type RouterReport, routerChecklist } from '../../calico/report/router-report.ts';
import type { Colorize, TextStyle } from '../framework/color.ts';
import { COLUMNS_MAX } from '../framework/command.ts';
import { commandLines } from './kubectl-commands.ts';

export type DoctorReport = {
  readonly description: string;
  readonly findings: readonly Finding[];
  readonly unknown: readonly UndecidedCheck[];
  readonly unread: readonly string[];
  readonly snapshot: ClusterSnapshot;
  readonly routers: readonly RouterReport[];
  readonly live: LiveComparison | null;
};

const SEVERITY_LABELS: Readonly<Record<Severity, readonly [word: string, style: TextStyle]>> = {
  error: ['ERROR', 'red'],
  warning: ['WARNING', 'yellow'],
  hint: ['HINT', 'dim'],
};

/** Routes that are listed one by one; all of them are in -o json. */
const ROUTES_MAX = 40;
/** Commands of one fix that are printed; all of them are in -o json. */
const EDITS_MAX = 4;

export function printDoctorReport(report: DoctorReport, program: string, paint: Colorize): string {
  const { findings, unknown, unread, routers, live } = report;
  const sections = [
    headline(report, paint),
    ...findings.map((one) => formatFinding(one, paint)),
    ...routers.map((one) => formatRouter(one, program, paint)),
    ...(live === null ? [] : [formatComparison(live, paint)]),
    ...(unread.length === 0 ? [] : [formatList('Not read', unread, paint)]),
    ...(unknown.length === 0 ? [] : [formatList('Cannot know', describeUnknown(unknown), paint)]),
    ...routers.map((one) =>
      formatList(`Checklist for the router ${one.address}`, routerChecklist(one), paint),
    ),
  ];
  return `${sections.join('\n\n')}\n`;
}

function headline({ description, findings, snapshot, routers }: DoctorReport, paint: Colorize): string {
  const { cluster } = snapshot.converged;
  const count = (severity: Severity): number => findings.filter((one) => one.severity === severity).length;
  const [errors, warnings] = [count('error'), count('warning')];
  const verdict =
    errors > 0
      ? paint('red', `${plural(errors, 'error')}, ${plural(warnings, 'warning')}`)
      : warnings > 0
        ? paint('yellow', plural(warnings, 'warning'))
        : paint('green', 'nothing is wrong');
  const version =
    cluster.version === null ? 'Calico of unknown version' : `Calico v${cluster.version.join('.')}`;
  const facts = [
    version,
    plural(cluster.nodes.length, 'node'),
    `mesh ${cluster.configuration.mesh ? 'on' : 'off'}`,
    plural(routers.length, 'router'),
    plural(snapshot.assigned.length, 'address', 'addresses'),
  ];
  return [paint('bold', description), ...indentedLines(facts.join(', '), 2), `  ${verdict}`].join('\n');
}

const indentedLines = (text: string, indent: number): readonly string[] =>
  wrap(text, COLUMNS_MAX - indent).map((line) => `${' '.repeat(indent)}${line}`);

function formatFinding(
  { code, severity, object, field, problem, remedy, edits }: Finding,
  paint: Colorize,
): string {
  const [word, style] = SEVERITY_LABELS[severity];
  const { kind, namespace, name } = object;
  const where = `${kind} ${namespace === '' ? name : `${namespace}/${name}`}${field === '' ? '' : ` ${field}`}`;
  const shownEdits = edits.slice(0, EDITS_MAX);
  const commands = shownEdits.flatMap(commandLines).map((line) => `    ${paint('dim', line)}`);
  const more = edits.length - shownEdits.length;
  return [
    `${paint(style, word)} ${paint('bold', code)} ${FINDING_CODES[code]}: ${where}`,
    ...indentedLines(problem, 2),
    ...indentedLines(remedy, 2),
    ...commands,
    ...(more > 0 ? [`    and ${plural(more, 'more command')}: -o yaml lists them`] : []),
  ].join('\n');
}

function formatRouter(
  { address, as, routes: all, sessions }: RouterReport,
  program: string,
  paint: Colorize,
): string {
  const up = sessions.filter(({ trouble }) => trouble === '').length;
  const title = paint('bold', `Router ${address}, AS ${as}`);
  const state = `${up} of ${plural(sessions.length, 'session')} ${up === 1 ? 'comes' : 'come'} up`;
  const down = sessions
    .filter(({ trouble }) => trouble !== '')
    .map(({ node, trouble }) => `  ${node}: down, ${trouble}`);
  if (all.length === 0) return [`${title} (${state}): learns nothing`, ...down].join('\n');
  const rows = all.slice(0, ROUTES_MAX).map(routeRow);
  const head = ['PREFIX', 'FROM', 'AS PATH', 'COMMUNITIES', 'NEEDED BY'];
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ')}`
      .slice(0, COLUMNS_MAX)
      .trimEnd();
  const more = all.length - rows.length;
  return [
    `${title} (${state}) learns`,
    ...down,
    line(head),
    ...rows.map(line),
    ...(more > 0 ? [`  and ${plural(more, 'more route')}: ${program} doctor -o yaml lists them`] : []),
  ].join('\n');
}

/** What a column may hold before it is cut. */
const CELL_MAX = 28;

const formatCell = (items: readonly string[]): string => {
  const text = items.join(' ');
  if (text.length <= CELL_MAX) return text === '' ? '-' : text;
  const shown: string[] = [];
  for (const item of items) {
    if ([...shown, item].join(' ').length > CELL_MAX - 4) break;
    shown.push(item);
  }
  return `${shown.join(' ')} +${items.length - shown.length}`;
};

const routeRow = ({ prefix, nextHops, asPath, communities, services }: RouteReport): readonly string[] => [
  prefix,
  formatCell(nextHops.map(({ node }) => node)),
  formatCell(asPath.map(String)),
  formatCell(communities),
  formatCell(services),
];

function formatComparison(
  { reporting, silent: notReporting, differences }: LiveComparison,
  paint: Colorize,
): string {
  const summary = `${plural(reporting.length, 'node')} ${reporting.length === 1 ? 'reports' : 'report'} in CalicoNodeStatus, ${notReporting.length} ${notReporting.length === 1 ? 'does' : 'do'} not`;
  const items =
    differences.length === 0 && reporting.length > 0
      ? ['what they report is what was expected']
      : differences;
  return formatList(`Compared with the nodes: ${summary}`, items, paint);
}

/** By what is missing: `no Node in the input: P4 local-leak, P12 node-without-router`. */
function describeUnknown(unknown: readonly UndecidedCheck[]): readonly string[] {
  const byNeeds = new Map<string, string[]>();
  for (const { code, needs } of unknown) {
    const missing = `no ${needs.join(', no ')} in the input`;
    byNeeds.set(missing, [...(byNeeds.get(missing) ?? []), `${code} ${FINDING_CODES[code]}`]);
  }
  return [...byNeeds].map(([missing, codes]) => `${missing}: ${codes.join(', ')}`);
}

const formatList = (title: string, items: readonly string[], paint: Colorize): string =>
  [
    paint('bold', title),
    ...items.flatMap((item) =>
      wrap(item, COLUMNS_MAX - 4).map((line, index) => `${index === 0 ? '  - ' : '    '}${line}`),
    ),
  ].join('\n');
