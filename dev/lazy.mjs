// @ts-check

/**
 * For the bundler: `(await import('yaml')).parse` works in Node, which guesses the names that a CommonJS package
 * exports, but not in a chunk made by esbuild, which exports such a package as `default` alone. Packages that are
 * imported when first needed therefore get a module in front that exports the names Node finds.
 */

const IN_FRONT = 'berth-named-exports';

/** @type {import('esbuild').Plugin} */
export const namedExports = {
  name: IN_FRONT,
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, async ({ path, kind, pluginData, ...rest }) => {
      if (kind !== 'dynamic-import' || path.startsWith('node:') || pluginData === IN_FRONT) return;
      const { resolveDir, importer } = rest;
      const found = await build.resolve(path, { kind, resolveDir, importer, pluginData: IN_FRONT });
      if (found.external || found.errors.length > 0) return found;
      const names = await commonJsNames(path);
      if (names === null) return found;
      return { path, namespace: IN_FRONT, pluginData: { names, resolveDir } };
    });
    build.onLoad({ filter: /.*/, namespace: IN_FRONT }, ({ path, pluginData: { names, resolveDir } }) => ({
      contents: inFront(path, names),
      resolveDir,
      loader: 'js',
    }));
  },
};

/**
 * @param {string} path
 * @param {readonly string[]} names any of which may be a word that only an export may be called, such as static
 */
function inFront(path, names) {
  const values = names.map((name, index) => `const n${index} = whole.${name};`);
  const exported = names.map((name, index) => `n${index} as ${name}`);
  const lines = [
    `import whole from ${JSON.stringify(path)};`,
    ...values,
    `export { whole as default, ${exported.join(', ')} };`,
  ];
  return lines.join('\n');
}

/**
 * @param {string} name of a package
 * @returns {Promise<string[] | null>} null where it is a module already, which needs nothing in front
 */
async function commonJsNames(name) {
  const found = await import(name);
  const whole = found.default;
  if (whole === null || (typeof whole !== 'object' && typeof whole !== 'function')) return null;
  const names = Object.keys(found).filter((key) => key !== 'default' && /^[\w$]+$/.test(key));
  return names.every((key) => whole[key] === found[key]) ? names.filter((key) => key !== '__esModule') : null;
}
