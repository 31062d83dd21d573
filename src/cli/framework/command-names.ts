/** Names of the commands, in the order of `--help`, each with its one-line summary. */
import { didYouMean, fitLines, HELP_COLUMNS_MAX, termLines } from '../../base/text.ts';

/** Without a full stop; the first letter is a capital in the help of the command itself. */
export const COMMAND_SUMMARIES = {
  status: 'show what is wrong in the cluster, and how its parts are, on one screen',
  dashboard: 'show the cluster in a browser, live, with your own rights',
  explain: 'explain why a Service has its address or none, and what holds an address',
  doctor: 'check whether routers learn the Services from Calico, and how to fix what is wrong',
  report: 'put what a bug report needs into one file, without secrets',
  plan: 'show what an edit of pools or Services would do to addresses in use',
  migrate: 'list what prevents the removal of MetalLB, and clear it away',
  convert: "convert MetalLB's old configuration to custom resources",
  crds: 'print the CustomResourceDefinitions of metallb.io and berth.dev',
  playground: 'run a small cluster in one process, to try things out',
  calico: 'predict what Calico advertises, and generate its configuration',
  bgp: 'show BGP sessions and routes of the speakers, and test a router',
  l2: 'show which node answers for each address by ARP and NDP',
  controller: 'assign addresses to Services of type LoadBalancer',
  speaker: 'announce the addresses from one node, by BGP or by ARP and NDP',
  completion: 'print a shell script that completes commands and flags',
  version: 'print the version',
} as const;

export type CommandName = keyof typeof COMMAND_SUMMARIES;

export const isCommandName = (name: string): name is CommandName => Object.hasOwn(COMMAND_SUMMARIES, name);

/** The summary as it begins the help of the command: `Show what an edit …`. */
export const summaryOf = (name: CommandName): string =>
  `${COMMAND_SUMMARIES[name][0]?.toUpperCase()}${COMMAND_SUMMARIES[name].slice(1)}`;

/** Help of the program: what it is, and its commands. */
export function programHelp(program: string, columns = HELP_COLUMNS_MAX): string {
  const width = Math.min(columns, HELP_COLUMNS_MAX);
  const help = `Berth gives Kubernetes Services of type LoadBalancer their addresses.

Usage:
  ${program} COMMAND

Commands:
${termLines(Object.entries(COMMAND_SUMMARIES), width).join('\n')}

Examples:
  # what is wrong?
  ${program} status
  # why has the Service "web" no address?
  ${program} explain service web -n shop

${program} COMMAND --help explains one of them, with an example.
`;
  return fitLines(help, width);
}

/** The error for a name that is no command. */
export function unknownCommandText(program: string, name: string): string {
  const hint = didYouMean(name, Object.keys(COMMAND_SUMMARIES)) ?? `${program} --help lists the commands`;
  return `${program}: unknown command ${JSON.stringify(name)}: ${hint}`;
}
