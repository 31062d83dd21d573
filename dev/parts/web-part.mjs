// @ts-check
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../place.mjs';

/** The pages of the dashboard, bundled for a browser: one script, one style sheet, and files that stay as they are. */

const COPIED = ['index.html', 'icon.svg'];

/**
 * @param {string} folder the folder that gets them
 * @returns {Promise<import('esbuild').Metafile>} what is in them
 */
export async function bundleWeb(folder) {
  const { build } = await import('esbuild');
  const { metafile } = await build({
    entryPoints: { main: join(root, 'web/main.tsx'), style: join(root, 'web/style.css') },
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2022'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    metafile: true,
    absWorkingDir: root,
    logLevel: 'warning',
  });
  for (const name of COPIED) cpSync(join(root, 'web', name), join(folder, name));
  return metafile;
}
