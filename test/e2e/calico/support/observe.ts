/** Observes daemons and kernels, in the form of the observed cases. */
import type { Bird } from '../../../support/netns/bird.ts';
import { readPrefixes, readProtocols, readTable } from '../../../support/netns/bird-output.ts';
import { type KernelRoute, kernelRoutes } from '../../../support/netns/kernel-routes.ts';
import type { NetworkNamespace } from '../../../support/netns/network.ts';
import type { Loose } from './bird1/objects.ts';
import type { Session } from './bird1/sessions.ts';
import type { Neighbor, RouterOptions } from './router.ts';
import type { BirdDaemon, TestbedNode } from './testbed-node.ts';

const DEFAULT_LOCAL_PREF = 100;
const BGP_PORT = 179;

export async function observeNode({ namespace, daemons }: TestbedNode): Promise<Loose> {
  const [config, sessions, routes] = await Promise.all([
    Promise.all(daemons.map(configState)),
    Promise.all(daemons.map(observeSessions)),
    Promise.all(daemons.map(({ family }) => kernelRoutes(namespace, family, 'bird'))),
  ]);
  return {
    config: { v4: config[0], v6: config[1] },
    sessions: sessions.flat(),
    kernel: kernelOf(routes.flat()),
  };
}

function configState({ bird, started, configError }: BirdDaemon): string {
  if (configError === null) return !started || bird.isRunning ? 'running' : 'not started yet';
  return started && bird.isRunning
    ? 'running, files on disk do not parse'
    : 'daemon down, files on disk do not parse';
}

const kernelOf = (routes: readonly KernelRoute[]): Loose => ({
  blackholes: routes.filter(({ blackhole }) => blackhole).map(({ prefix }) => prefix),
  learned: routes
    .filter(({ blackhole, via }) => !blackhole && via.length > 0)
    .map(({ prefix, via }) => `${prefix} via ${via.join(' ')}`),
});

async function observeSessions({ bird, rendered }: BirdDaemon): Promise<readonly Loose[]> {
  if (rendered === null || !bird.isRunning) return [];
  const protocols = readProtocols(await bird.ask('show protocols all'));
  return Promise.all(
    rendered.sessions.map(async (session) => {
      const up = protocols.some(({ name, established }) => name === session.name && established);
      const sends = up ? readPrefixes(await bird.ask(`show route export ${session.name}`)) : [];
      return { ...describeSession(session), state: up ? 'Established' : 'down', sends: [...sends].sort() };
    }),
  );
}

const describeSession = ({ family, peer, port, kind, remoteAS }: Session): Loose => ({
  family,
  peer,
  ...(port === BGP_PORT || kind === 'mesh' ? {} : { port }),
  kind,
  remoteAS: Number(remoteAS ?? 0),
});

export async function observeRouter(
  { space: namespace, bird }: { readonly space: NetworkNamespace; readonly bird: Bird },
  options: RouterOptions,
  neighbors: readonly Neighbor[],
  nodes: readonly TestbedNode[],
): Promise<Loose> {
  const [protocolText, tableText, four, six] = await Promise.all([
    bird.ask('show protocols all'),
    bird.ask('show route all'),
    kernelRoutes(namespace, 4, 'bird'),
    kernelRoutes(namespace, 6, 'bird'),
  ]);
  const protocols = readProtocols(protocolText);
  const hops = new Map([...four, ...six].map(({ prefix, via }) => [prefix, via]));
  const ofNode = ({ name }: Neighbor): string => name.replace(/_[46]$/, '');
  const names = nodes.map(({ name }) => name);
  const sessions = neighbors
    .filter((one) => names.includes(ofNode(one)))
    .map((neighbor) => {
      const found = protocols.find(({ name }) => name === neighbor.name);
      const node = ofNode(neighbor);
      const { family } = neighbor;
      return found?.established
        ? { node, family, state: 'Established', as: found.neighborAS }
        : { node, family, state: 'down' };
    });
  const routes = [...readTable(tableText)].map(([prefix, paths]) => ({
    prefix,
    forwardsTo: hops.get(prefix) ?? [],
    paths: paths.map(({ protocol, localPref, ...path }) => ({
      from: protocol.replace(/_[46]$/, ''),
      ...path,
      ...(localPref === null || (localPref === DEFAULT_LOCAL_PREF && options.nodeAS !== options.as)
        ? {}
        : { localPref }),
    })),
  }));
  return { as: options.as, sessions, routes };
}
