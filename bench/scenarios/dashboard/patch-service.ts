/** Changes of Services, as a controller writes them. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';

const SERVICES_PATH = '/api/v1/namespaces/crowd/services';

export type Patch = (
  index: number,
  condition: { readonly reason: string; readonly says: string },
) => Promise<void>;

/** Changes the condition of a Service, as a controller would. */
export function patcher(url: string, caFile: string): Patch {
  const agent = new Agent({ keepAlive: true, ca: readFileSync(caFile) });
  return (index, { reason, says }) => {
    const condition = {
      ...{ type: 'berth.dev/Assigned', status: 'True', reason, message: says },
      lastTransitionTime: new Date().toISOString(),
    };
    const body = JSON.stringify({ status: { conditions: [condition] } });
    return new Promise((resolve, reject) => {
      const sent = request(
        `${url}${SERVICES_PATH}/s${index}/status`,
        { method: 'PATCH', agent, headers: { 'Content-Type': 'application/merge-patch+json' } },
        (response) => {
          response.resume().once('end', () => {
            if (response.statusCode === 200) resolve();
            else reject(new Error(`a change was answered with ${response.statusCode}`));
          });
        },
      );
      sent.once('error', reject).end(body);
    });
  };
}
