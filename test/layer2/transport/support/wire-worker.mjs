// @ts-check
/** Starts the thread of a wire from the sources: threads do not inherit the loader of TypeScript under Node 20. */
import { register } from 'tsx/esm/api';

register();
await import('../../../../src/main.ts');
