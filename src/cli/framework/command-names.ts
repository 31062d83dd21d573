/** The commands by name, in the order in which `--help` lists them, each with the one line that it says there. */
import { closestMatch } from '../../base/text.ts';

export const COMMAND_SUMMARIES = {
  explain: 'why a Service has its address, or has none; who holds an address',
  doctor: 'will the routers learn the addresses from Calico, and if not, what to change',
  plan: 'what an edit of pools or Services would do to the addresses in use',
  migrate: 'what stands in the way of leaving MetalLB, and clear it away',
  convert: 'the old ConfigMap of MetalLB as the objects that mean the same',
  crds: 'print the kinds of metallb.io, for kubectl apply',
  playground: 'a whole small cluster in one process, to try things in',
  calico: 'what Calico would announce of a cluster, and to whom',
  bgp: 'what is announced by BGP, to whom, and why not; tries a router',
  controller: 'assign addresses to Services of type LoadBalancer',
  speaker: 'announce the addresses from one node to its routers by BGP',
  completion: 'print a script that completes commands and flags',
  version: 'print the version',
} as const;

export type CommandName = keyof typeof COMMAND_SUMMARIES;

export const isCommandName = (name: string): name is CommandName => Object.hasOwn(COMMAND_SUMMARIES, name);

/** What the program is, and how to go on from there. */
export function programHelp(program: string): string {
  const width = Math.max(...Object.keys(COMMAND_SUMMARIES).map((name) => name.length));
  const lines = Object.entries(COMMAND_SUMMARIES).map(
    ([name, summary]) => `  ${name.padEnd(width)}  ${summary}`,
  );
  return `Berth gives Kubernetes Services of type LoadBalancer their addresses.

Usage: ${program} COMMAND

${lines.join('\n')}

Example: why is the Service "web" without an address?
  ${program} explain service web -n shop

${program} COMMAND --help tells more, with an example each.
`;
}

/** What to say to a name that is no command. */
export function unknownCommandText(program: string, name: string): string {
  const closestName = closestMatch(name, Object.keys(COMMAND_SUMMARIES));
  const hint = closestName === null ? `${program} --help lists the commands` : `did you mean ${closestName}?`;
  return `${program}: unknown command ${JSON.stringify(name)}: ${hint}`;
}
