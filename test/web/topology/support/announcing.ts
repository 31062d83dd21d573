/** Parts of the document about who announces, for tests of the network's picture. */
import type {
  AnnouncingOverview,
  RouteGroup,
  SessionOverview,
  SessionState,
  SpeakerOverview,
} from '../../../../src/overview/announcing-document.ts';

export const announcing = (parts: Partial<AnnouncingOverview>): AnnouncingOverview => ({
  ...{ calico: null, speakers: null, sessions: null, layer2: null, routes: null, unknown: [] },
  ...parts,
});

export const session = (peer: string, state: SessionState, error: string | null = null): SessionOverview => ({
  ...{ peer, address: '10.0.0.1:179', state, since: '', error, bfd: null },
  prefixes: { wanted: 1, advertised: 1, refused: 0 },
});

export const speaker = (node: string, sessions: readonly SessionOverview[]): SpeakerOverview => ({
  ...{ node, state: 'running', because: null, version: null, reported: '', services: null },
  ...{ sessions, interfaces: null },
});

export const group = (change: Partial<RouteGroup>): RouteGroup => ({
  ...{ by: 'speakers', prefixes: 1, examples: ['192.0.2.1/32'], services: 1, learned: [] },
  ...change,
});

/** All nodes have a session with all routers, and all routers learn one prefix from all of them. */
export function fabric(nodes: number, routers: number): AnnouncingOverview {
  const nodeNames = Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
  const peers = Array.from({ length: routers }, (_, index) => `r${index + 1}`);
  return announcing({
    speakers: nodeNames.map((node) =>
      speaker(
        node,
        peers.map((peer) => session(peer, 'up')),
      ),
    ),
    routes: { groups: [group({ learned: [{ routers: peers, nodes: nodeNames }] })], more: 0 },
  });
}

/** The same with another state of one session. */
export const withSession = (
  before: AnnouncingOverview,
  node: string,
  changed: SessionOverview,
): AnnouncingOverview => ({
  ...before,
  speakers: (before.speakers ?? []).map((one) =>
    one.node === node
      ? { ...one, sessions: one.sessions.map((old) => (old.peer === changed.peer ? changed : old)) }
      : one,
  ),
});
