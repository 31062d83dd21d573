/** View ports of speakers in worlds of their own, and the commands that ask them. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Clock } from '../../../src/base/clock.ts';
import { bgpMain } from '../../../src/cli/bgp/main.ts';
import { View } from '../../../src/speaker/view.ts';
import { json, refusal, serve } from '../../kube/loopback.ts';
import { RETRY } from '../../speaker/line.ts';
import { one, quiet, R1, type World } from '../../speaker/world.ts';
import { type Ran, run } from '../support/run.ts';

export const viewOf = ({ clock, speaker, picture, history }: World, node: string): View =>
  new View({ node, clock, speaker, picture, history, notReady: () => null, interfaces: () => [] });

/** What a view port says to a path with its query; null for one that it does not know. */
export function documentFor(view: View, url: string): object | null {
  const { pathname, searchParams } = new URL(url, 'http://speaker');
  switch (pathname) {
    case '/bgp/peers':
      return view.peers();
    case '/bgp/routes':
      return view.routes(searchParams.get('peer'));
    case '/bgp/services':
      return view.service(searchParams.get('service') ?? '');
    default:
      return null;
  }
}

export async function port(test: TestContext, world: World, node: string): Promise<string> {
  const view = viewOf(world, node);
  const { url } = await serve(test, ({ url: path }, response) => {
    const document = documentFor(view, path);
    json(response, document === null ? 404 : 200, document ?? refusal(404, 'NotFound', 'not here'));
  });
  return url;
}

export const bgp = (words: readonly string[], urls: readonly string[], clock?: Clock): Promise<Ran> =>
  run(bgpMain, [...words, ...urls.flatMap((url) => ['--speaker', url])], clock ? { clock } : {});

export const fits = (out: string): void => {
  for (const line of out.split('\n')) assert.ok(line.length <= 100, line);
  assert.ok(!out.includes('\u001b'), 'colour, and this is no terminal');
};

/** A world whose router is gone, and of which this was the last word. */
export async function failing(says: string): Promise<World> {
  const world = await quiet(...one());
  const neighbour = world.speaker.neighbours.get('r1');
  assert.ok(neighbour !== undefined);
  world.router(R1).isUp = false;
  const [line] = world.lines;
  assert.ok(line !== undefined);
  line.trouble = says;
  line.lose();
  await world.clock.pass(5 * RETRY);
  return world;
}
