/**
 * The collector as a program, with SOCKET: routers for the speakers of a test, in the network namespace in which it runs. It
 * takes commands on a socket in the file system, which leads out of the namespace: one JSON object in each HTTP request.
 */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { CollectorRouter } from './collector-router.ts';
import type { CollectorCommand, SessionView } from './views.ts';

/** Path of this file, to be run. */
export const collectorProgram = fileURLToPath(import.meta.url);

if (process.argv[1] === collectorProgram) serve(process.argv[2] ?? '');

function serve(socket: string): void {
  const routers = new Map<string, CollectorRouter>();
  createServer((request, response) => {
    text(request)
      .then(async (body) => response.end(JSON.stringify(await perform(routers, JSON.parse(body)))))
      .catch((error) => response.writeHead(500).end(String(error)));
  }).listen(socket);
}

async function perform(
  routers: Map<string, CollectorRouter>,
  command: CollectorCommand,
): Promise<readonly SessionView[]> {
  switch (command.kind) {
    case 'listen':
      routers.set(command.router.name, await CollectorRouter.listen(command.router));
      return [];
    case 'close':
      await routers.get(command.name)?.close();
      routers.delete(command.name);
      return [];
    case 'reset':
      routers.get(command.name)?.resetSessions(command.abrupt);
      return [];
    case 'sessions':
      return [...routers.values()].flatMap((router) => router.views());
  }
}
