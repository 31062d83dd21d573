/** Memory of the dashboard's two programs: as the system counts it, and what is in use after garbage was collected. */
import type { ChildProcess } from 'node:child_process';
import type { Browser, Page } from 'playwright-core';
import { nextMessage } from '../../support/child-message.ts';
import { privateMemory, residentMemory } from '../../support/process-usage.ts';

const MEBI = 1024 * 1024;

/** In MB. The heaps are what is in use after garbage was collected. */
export type Memory = {
  readonly tab: number;
  readonly tabHeap: number;
  readonly server: number;
  readonly serverHeap: number;
};

/** Reads the memory as it is, and then collects garbage in both. */
export function memoryReader(server: ChildProcess, browser: Browser, page: Page): () => Promise<Memory> {
  return async () => {
    const seen = { tab: await tabMemory(browser), server: residentMemory(server.pid ?? 0).now };
    return { ...seen, tabHeap: await tabHeap(page), serverHeap: await serverHeap(server) };
  };
}

/** Of a program that imported `report-heap.mjs`. */
async function serverHeap(server: ChildProcess): Promise<number> {
  const answer = nextMessage(server);
  server.send('heap');
  return Number(await answer) / MEBI;
}

async function tabHeap(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / MEBI;
}

/** Memory of the page's process that no other one shares, in MB: what its end would free, as Chromium's own task manager counts. */
async function tabMemory(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  return Math.max(...renderers.map(({ id }) => privateMemory(id)));
}
