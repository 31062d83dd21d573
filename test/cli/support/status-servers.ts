/** Status ports of speakers in simulated clusters, and the commands that query them. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Clock } from '../../../src/base/clock.ts';
import { runBgp } from '../../../src/cli/bgp/run.ts';
import { StatusApi } from '../../../src/speaker/status-api/status-api.ts';
import { respondJson, startLoopback, statusBody } from '../../kube/support/loopback-server.ts';
import { RETRY_TIME } from '../../speaker/support/fake-session.ts';
import {
  oneService,
  R1,
  type SpeakerHarness,
  settledHarness,
} from '../../speaker/support/speaker-harness.ts';
import { parseRoutes } from '../../speaker/support/status-api.ts';
import { type CommandResult, runCommand } from './run-command.ts';

export const viewOf = ({ clock, speaker, model, history }: SpeakerHarness, node: string): StatusApi =>
  new StatusApi({ node, clock, speaker, model, history, notReady: () => null, interfaces: () => [] });

/** The document of a path with its query; null for an unknown path. */
export function documentFor(view: StatusApi, url: string): object | null {
  const { pathname, searchParams } = new URL(url, 'http://speaker');
  switch (pathname) {
    case '/bgp/peers':
      return view.peers();
    case '/bgp/routes':
      return parseRoutes(view.routes(searchParams.get('peer')));
    case '/bgp/services':
      return view.service(searchParams.get('service') ?? '');
    default:
      return null;
  }
}

export async function startStatusServer(
  test: TestContext,
  harness: SpeakerHarness,
  node: string,
): Promise<string> {
  const view = viewOf(harness, node);
  const { url } = await startLoopback(test, ({ url: path }, response) => {
    const document = documentFor(view, path);
    respondJson(response, document === null ? 404 : 200, document ?? statusBody(404, 'NotFound', 'not here'));
  });
  return url;
}

export const runBgpAgainst = (
  words: readonly string[],
  urls: readonly string[],
  clock?: Clock,
): Promise<CommandResult> =>
  runCommand(runBgp, [...words, ...urls.flatMap((url) => ['--speaker', url])], clock ? { clock } : {});

export const assertFitsTerminal = (out: string): void => {
  for (const line of out.split('\n')) assert.ok(line.length <= 100, line);
  assert.ok(!out.includes('\u001b'), 'colour without a terminal');
};

/** A cluster whose session is down, with this last error. */
export async function clusterWithDownSession(says: string): Promise<SpeakerHarness> {
  const harness = await settledHarness(...oneService());
  const neighbour = harness.speaker.neighbours.get('r1');
  assert.ok(neighbour !== undefined);
  harness.router(R1).acceptsSessions = false;
  const [line] = harness.sessions;
  assert.ok(line !== undefined);
  line.errorMessage = says;
  line.lose();
  await harness.clock.advanceAsync(5 * RETRY_TIME);
  return harness;
}
