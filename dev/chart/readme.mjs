// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, parseDocument } from 'yaml';
import { root } from '../place.mjs';

/**
 * Pages that are made from the chart: its README from the comments in `values.yaml`, and in `docs/helm.md` the table of MetalLB's
 * values. A comment that begins with `--` describes the value under it.
 */

const VALUES = 'charts/berth/values.yaml';
const METALLB = 'charts/berth/metallb/values.yaml';
const BEGIN = '<!-- made by npm run fix: begin -->';
const END = '<!-- made by npm run fix: end -->';

/** @typedef {{ name: string, initial: string, text: string }} Value */
/** @typedef {{ value: string, is: string, to?: string, why?: string, unless?: unknown }} MetallbValue */

/** The pages as they should be, by path. @returns {Readonly<Record<string, string>>} */
export function chartPages() {
  return {
    'charts/berth/README.md': between(read('charts/berth/README.md'), valuesTable()),
    'docs/helm.md': between(read('docs/helm.md'), metallbTable()),
  };
}

/** Writes those that differ. */
export function writeChartPages() {
  for (const [path, text] of Object.entries(chartPages()))
    if (read(path) !== text) writeFileSync(join(root, path), text);
}

function valuesTable() {
  const rows = describe(parseDocument(read(VALUES)).contents, '').map(
    ({ name, initial, text }) => `| \`${name}\` | ${initial} | ${text} |`,
  );
  return ['| value | default | meaning |', '|---|---|---|', ...rows].join('\n');
}

/**
 * @param {unknown} node
 * @param {string} prefix
 * @returns {Value[]}
 */
function describe(node, prefix) {
  if (!isMap(node)) return [];
  return node.items.flatMap(({ key, value }, index) => {
    const name = `${prefix}${isScalar(key) ? key.value : ''}`;
    // The comment of a map's first key belongs to the map.
    const comment = (isScalar(key) && key.commentBefore) || (index === 0 && node.commentBefore) || '';
    if (isMap(value) && value.items.length > 0) return describe(value, `${name}.`);
    const initial = JSON.stringify(toValue(value));
    return [{ name, initial: `\`${initial}\``, text: description(comment) }];
  });
}

/** @param {unknown} node */
const toValue = (node) =>
  node !== null && typeof node === 'object' && 'toJSON' in node && typeof node.toJSON === 'function'
    ? node.toJSON()
    : node;

/** What comes after the last `--` of a comment. @param {string} comment */
function description(comment) {
  const begin = comment.lastIndexOf('-- ');
  return begin === -1
    ? ''
    : comment
        .slice(begin + 3)
        .replaceAll(/\n\s*/g, ' ')
        .trim();
}

function metallbTable() {
  /** @type {MetallbValue[]} */
  const values = parseDocument(read(METALLB)).toJS();
  const rows = values.map((one) => `| \`${one.value}\` | ${verdict(one)} |`);
  return ["| MetalLB's value | here |", '|---|---|', ...rows].join('\n');
}

/** @param {MetallbValue} value */
function verdict({ is, to, why, unless }) {
  if (is === 'taken') return 'the same';
  if (is === 'renamed') return `called otherwise: ${to}`;
  const exception = unless === undefined ? '' : ` (\`${unless}\` is accepted)`;
  return `${is}: ${why}${exception}`;
}

/**
 * @param {string} page
 * @param {string} table
 */
function between(page, table) {
  const [before = '', rest = ''] = page.split(BEGIN);
  const [, after = ''] = rest.split(END);
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}

const read = (/** @type {string} */ path) => readFileSync(join(root, path), 'utf8');
