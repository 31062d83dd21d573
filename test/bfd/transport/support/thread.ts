/** The thread of BFD, started from the sources. */
import type { TestContext } from 'node:test';
import { BfdThread } from '../../../../src/bfd/transport/bfd-thread.ts';
import { systemClock } from '../../../../src/workqueue/system-clock.ts';

const SERVE = new URL('../../../../src/bfd/transport/serve-bfd.ts', import.meta.url);

/** A thread inherits no loader of TypeScript, so it registers its own. */
const CODE = `import('tsx/esm/api').then(({ register }) => {
  register();
  return import('${SERVE.href}');
}).then(({ serveBfd }) => serveBfd());`;

/** It is stopped with the test. */
export function startThread(
  test: TestContext,
  { code = CODE, failed = () => {} }: { code?: string; failed?: (message: string) => void } = {},
): BfdThread {
  const thread = new BfdThread({ script: code, clock: systemClock, failed, worker: { eval: true } });
  test.after(() => thread.stop());
  return thread;
}
