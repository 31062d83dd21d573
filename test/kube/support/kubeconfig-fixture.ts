/** Writes kubeconfig files to a temporary folder, and loads them. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { restConfigFromKubeconfig } from '../../../src/kube/auth/kubeconfig.ts';
import type { RestConfig } from '../../../src/kube/auth/rest-config.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { makeCertificate } from './loopback-server.ts';

export const folder = mkdtempSync(join(tmpdir(), 'berth-kubeconfig-'));
after(() => rmSync(folder, { recursive: true, force: true }));
export const certificate = makeCertificate({ after });
export const base64 = (text: string): string => Buffer.from(text).toString('base64');

export type Fields = Record<string, unknown>;

export const kubeconfig = (cluster: Fields, user: Fields, more: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'dev',
  contexts: [{ name: 'dev', context: { cluster: 'here', user: 'me', namespace: 'shop' } }],
  clusters: [{ name: 'here', cluster: { server: 'https://127.0.0.1:6443', ...cluster } }],
  users: [{ name: 'me', user }],
  ...more,
});

let fileCount = 0;

export function writeConfig(content: Fields | string, name = `config-${++fileCount}`): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

export function writePlugin(lines: string): string {
  const path = join(folder, `plugin-${++fileCount}`);
  writeFileSync(path, `#!/bin/sh\n${lines}\n`);
  chmodSync(path, 0o755);
  return path;
}

export async function loadConfig(content: Fields | string, clock = new FakeClock()): Promise<RestConfig> {
  const config = await restConfigFromKubeconfig({ paths: [writeConfig(content)], clock });
  return config.ok ? config.value : assert.fail(config.error);
}

export async function loadError(content: Fields | string): Promise<string> {
  const config = await restConfigFromKubeconfig({ paths: [writeConfig(content)], clock: systemClock });
  return config.ok ? 'nothing to complain about' : config.error.replaceAll(`${folder}/`, '');
}
