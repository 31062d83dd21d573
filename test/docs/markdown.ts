/** As much of Markdown as the pages of this project use: tables, links, headings and code. */

/** The cells of every row whose first cell begins with code; of the whole page, in order. */
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

/** The text between the first pair of backticks; '' where there is none. */
export const codeOf = (cell: string): string => /^`([^`]*)`/.exec(cell)?.[1] ?? '';

const withoutCode = (page: string): string =>
  page.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');

export type Link = { readonly path: string; readonly anchor: string | null };

/** Links to other places of the clone; `path` is '' for the page itself. */
export const linksOf = (page: string): readonly Link[] =>
  [...withoutCode(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor = null] = target.split('#', 2);
      return { path, anchor };
    });

/** What can stand behind a `#`, as the usual sites make it of headings. */
export const anchorsOf = (page: string): readonly string[] =>
  [...page.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** YAML in blocks of its own, and what a shell block feeds to kubectl between two lines `YAML`. */
export const manifestsOf = (page: string): readonly string[] =>
  [...page.matchAll(/^```yaml\n([\s\S]*?)^```|<<YAML\n([\s\S]*?)^YAML$/gm)].map(
    ([, block, fed]) => block ?? fed ?? '',
  );
