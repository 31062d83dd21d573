import { isNode, type Node, type Source, type Violation } from './source.ts';

/** Naming rules that span files: one name has one concept. */

/** Exported types that share a name on purpose: the name, and why two concepts may have it. */
const SHARED_NAMES: ReadonlyMap<string, string> = new Map();

/** Finds exported types of `src/` that have the name of another exported type of `src/`. */
export function sharedTypeNames(sources: readonly Source[]): Violation[] {
  const firstByName = new Map<string, Source>();
  const violations: Violation[] = [];
  for (const source of sources.filter(({ path }) => path.startsWith('src/'))) {
    for (const { name, start } of exportedTypes(source.program)) {
      const first = firstByName.get(name);
      firstByName.set(name, first ?? source);
      if (first === undefined || SHARED_NAMES.has(name)) continue;
      const message = `exports a type ${name}, as ${first.path} does: give one of the two concepts another name`;
      violations.push({ path: source.path, line: source.lineOf(start), message });
    }
  }
  return violations;
}

const TYPE_DECLARATIONS: ReadonlySet<string> = new Set([
  'ClassDeclaration',
  'TSEnumDeclaration',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
]);

/** Classes and enums are types, too. What is only passed on is no declaration, and does not count. */
function exportedTypes(program: Node): readonly { readonly name: string; readonly start: number }[] {
  const statements = Array.isArray(program['body']) ? (program['body'] as Node[]) : [];
  return statements.flatMap((statement) => {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement['declaration'] : null;
    if (!isNode(declaration) || !TYPE_DECLARATIONS.has(declaration.type)) return [];
    const id = declaration['id'];
    return isNode(id) ? [{ name: String(id['name']), start: statement.start }] : [];
  });
}
