/** The readiness probe of a controller, as the kubelet sends it. */
import assert from 'node:assert/strict';
import { get } from 'node:http';
import { eventually } from '../../support/eventually.ts';

export type ProbeResponse = { readonly status: number; readonly text: string };

export const readyz = (port: number): Promise<ProbeResponse> =>
  new Promise((resolve, reject) => {
    get({ port, path: '/readyz', host: '127.0.0.1' }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    }).on('error', reject);
  });

/** Waits until it has listed everything, as leader or as standby. */
export const whenReady = (port: number): Promise<void> =>
  eventually(async () => assert.equal((await readyz(port)).status, 200));
