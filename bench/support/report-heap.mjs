// @ts-check
/** Imported into a program with `--import` and `--expose-gc`: on each message it collects garbage, and answers with the bytes in use. */
process.on('message', () => {
  /** @type {{ gc?: () => void }} */ (globalThis).gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  process.send?.(heapUsed + arrayBuffers);
});
process.channel?.unref();
