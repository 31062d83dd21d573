/** Reads as much of Markdown as the project's pages use: tables, links, headings and code. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The paths of all pages, from the root of the clone. */
export const pagesOf = (root: string): readonly string[] => [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'charts/berth/README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** The cells of every row whose first cell begins with code, in the order of the page. */
export const listRows = (page: string): readonly (readonly string[])[] =>
  page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, line.lastIndexOf('|'))
        .split('|')
        .map((cell) => cell.trim()),
    );

/** Blocks of lines that are tables, each line with its code blanked out. Code blocks have none. */
export const tablesOf = (page: string): readonly (readonly string[])[] =>
  page
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .split(/^(?![ \t]*\|).*$\n?/m)
    .map((block) => block.replaceAll(/`[^`\n]*`|\\\|/g, 'code').trim())
    .filter((block) => block !== '')
    .map((block) => block.split('\n').map((line) => line.trim()));

/** The code that a cell begins with; '' without any. */
export const codeOf = (cell: string): string => /^`([^`]*)`/.exec(cell)?.[1] ?? '';

const withoutCode = (page: string): string =>
  page.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');

export type Link = { readonly path: string; readonly anchor: string | null };

/** Links to places in the clone; `path` is '' for the page itself. */
export const linksOf = (page: string): readonly Link[] =>
  [...withoutCode(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor = null] = target.split('#', 2);
      return { path, anchor };
    });

/** The anchors of a page's headings, as GitHub derives them. */
export const anchorsOf = (page: string): readonly string[] =>
  [...page.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Blocks of YAML, and the here-documents of shell blocks, whatever word ends them. */
export const manifestsOf = (page: string): readonly string[] =>
  [...page.matchAll(/^```yaml\n([\s\S]*?)^```|<<(YAML|EOF)\n([\s\S]*?)^\2$/gm)].map(
    ([, block, , fed]) => block ?? fed ?? '',
  );

/** The sentences of a page outside of tables and blocks of code. Code counts as one word, a link as its text. */
export const sentencesOf = (page: string): readonly string[] =>
  page
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .replaceAll(/^(\||#).*$/gm, '')
    .split(/\n\s*\n|^\s*(?:[-*]|\d+\.) /m)
    .map((paragraph) => paragraph.replaceAll(/`[^`]*`/g, 'code').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1'))
    .flatMap((paragraph) => paragraph.trim().split(/(?<=[.!?:;])(?:\*\*)?\s+/));

/** Commands of a page: the lines of shell blocks, continued ones joined, and code between backticks. */
export const commandsOf = (page: string): readonly string[] => {
  const text = page.replaceAll(/^ *```[\s\S]*?^ *```/gm, '');
  const inline = [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replaceAll('\n', ' '));
  return [...shellLinesOf(page), ...inline];
};

/** The lines of shell blocks, also of those in lists; continued ones are joined, and comments are left out. */
export const shellLinesOf = (page: string): readonly string[] =>
  [...page.matchAll(/^ *```(?:sh|console)\n([\s\S]*?)^ *```/gm)].flatMap(([, block = '']) =>
    block
      .replaceAll('\\\n', ' ')
      .replaceAll(/(^|\s)#\s.*$/gm, '')
      .split('\n'),
  );

/** The part of a page below a heading, up to the next one of its level. */
export const sectionOf = (page: string, heading: string): string =>
  page.split(/^(?=## )/m).find((part) => part.startsWith(`## ${heading}\n`)) ?? '';
