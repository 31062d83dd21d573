// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { root } from './place.mjs';
import { capture, say } from './run.mjs';

/**
 * `node dev/kubernetes-types.mjs` writes the field tables of Kubernetes' built-in kinds (`src/apiserver/kube-types/`)
 * from the Go modules that the tests build kube-apiserver of: names, protobuf numbers, types, and how lists merge. It
 * is run by hand when `dev/tools/kubernetes` gets another version.
 */

/** The packages that are read; the short name is that of the tables. */
const PACKAGES = /** @type {const} */ ({
  meta: ['k8s.io/apimachinery', 'pkg/apis/meta/v1/types.go'],
  core: ['k8s.io/api', 'core/v1/types.go'],
  apps: ['k8s.io/api', 'apps/v1/types.go'],
  autoscaling: ['k8s.io/api', 'autoscaling/v1/types.go'],
  coordination: ['k8s.io/api', 'coordination/v1/types.go'],
  discovery: ['k8s.io/api', 'discovery/v1/types.go'],
  admissionregistration: ['k8s.io/api', 'admissionregistration/v1/types.go'],
  networking: ['k8s.io/api', 'networking/v1/types.go'],
  policy: ['k8s.io/api', 'policy/v1/types.go'],
  rbac: ['k8s.io/api', 'rbac/v1/types.go'],
  authentication: ['k8s.io/api', 'authentication/v1/types.go'],
  authorization: ['k8s.io/api', 'authorization/v1/types.go'],
  apiextensions: ['k8s.io/apiextensions-apiserver', 'pkg/apis/apiextensions/v1/types.go'],
  // The same package, in a second file.
  apiextensionsSchema: ['k8s.io/apiextensions-apiserver', 'pkg/apis/apiextensions/v1/types_jsonschema.go'],
});

/** The tables start from these; what they refer to follows. */
const ROOTS = [
  ...['Service', 'Namespace', 'Event', 'ConfigMap', 'Secret', 'Node', 'Pod', 'ServiceAccount'].map(
    (name) => `core.${name}`,
  ),
  ...['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet'].map((name) => `apps.${name}`),
  'autoscaling.Scale',
  'coordination.Lease',
  'discovery.EndpointSlice',
  'admissionregistration.ValidatingWebhookConfiguration',
  'networking.NetworkPolicy',
  ...['PodDisruptionBudget', 'Eviction'].map((name) => `policy.${name}`),
  ...['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'].map((name) => `rbac.${name}`),
  ...['TokenReview', 'SelfSubjectReview'].map((name) => `authentication.${name}`),
  ...['SubjectAccessReview', 'SelfSubjectAccessReview'].map((name) => `authorization.${name}`),
  'apiextensions.CustomResourceDefinition',
  'meta.DeleteOptions',
];

/** Types with a JSON form of their own; `src/apiserver/kube-types/kube-types.ts` knows them. */
const SPECIAL = new Set([
  ...['Time', 'MicroTime', 'Duration', 'FieldsV1', 'IntOrString', 'Quantity', 'RawExtension', 'JSON'],
  ...['JSONSchemaPropsOrBool', 'JSONSchemaPropsOrArray', 'JSONSchemaPropsOrStringArray'],
]);

const SCALARS = new Map([
  ['string', 'string'],
  ['int32', 'int32'],
  ['int64', 'int64'],
  ['bool', 'bool'],
  ['float64', 'double'],
  ['types.UID', 'string'],
]);

const LINE_CHARS_MAX = 136;

/** @typedef {{ json: string, isPointer: boolean, go: string, number: string, isInline: boolean, isRequired: boolean, markers: string[] }} Field */

/** @type {Map<string, Field[]>} structs by qualified name */
const structs = new Map();
/** @type {Set<string>} structs that are owned and replaced as a whole */
const atomicStructs = new Set();
/** @type {Map<string, string>} the underlying types of other named types */
const aliases = new Map();

/**
 * The tables as the text of their files, by name; null where the Go modules are not at hand.
 * @returns {Promise<Map<string, string> | null>}
 */
export async function kubernetesTypeTables() {
  for (const [name, [module, file]] of Object.entries(PACKAGES)) {
    const { stdout } = await capture('go', ['list', '-m', '-f', '{{.Dir}}', module], {
      cwd: join(root, 'dev/tools/kubernetes'),
    });
    if (stdout.trim() === '') return null;
    readTypes(name.replace('Schema', ''), readFileSync(join(stdout.trim(), file), 'utf8'));
  }
  return writeTables();
}

/**
 * @param {string} pack
 * @param {string} text
 */
function readTypes(pack, text) {
  let current = '';
  /** @type {string[]} */
  let comments = [];
  for (const line of text.split('\n')) {
    const struct = /^(?:type |\t)(\w+) struct ?\{(\})?$/.exec(line);
    const alias = /^type (\w+) (?:= )?([\w.[\]*]+)$/.exec(line);
    const field = /^\t(?:\w+ +)?(\*?[\w.[\]*]+)\s+`([^`]*)`/.exec(line);
    if (struct !== null) {
      current = `${pack}.${struct[1]}`;
      structs.set(current, []);
      if (comments.includes('+structType=atomic')) atomicStructs.add(current);
    } else if (alias !== null) aliases.set(`${pack}.${alias[1]}`, qualify(pack, alias[2] ?? ''));
    else if (field !== null && current !== '') {
      const made = fieldOf(pack, { go: field[1] ?? '', tags: field[2] ?? '' }, comments);
      if (made !== null) structs.get(current)?.push(made);
    }
    comments = /^\s*\/\//.test(line) ? [...comments, line.trim().replace(/^\/\/ ?/, '')] : [];
    if (line === '}') current = '';
  }
}

/**
 * @param {string} pack
 * @param {{ go: string, tags: string }} declared
 * @param {string[]} markers
 * @returns {Field | null}
 */
function fieldOf(pack, { go, tags }, markers) {
  const [json = '', protobuf = ''] = ['json', 'protobuf'].map(
    (tag) => new RegExp(`${tag}:"([^"]*)"`).exec(tags)?.[1] ?? '',
  );
  const number = protobuf.split(',')[1] ?? '';
  if (number === '') return null; // TypeMeta, which the envelope carries
  const [name = '', ...options] = json.split(',');
  const isOptional =
    options.includes('omitempty') || markers.some((line) => /^\+(optional|default)/.test(line));
  return {
    json: name,
    isPointer: go.startsWith('*'),
    go: qualify(pack, go.replace(/^\*/, '')),
    number,
    isInline: options.includes('inline'),
    isRequired: !isOptional,
    markers,
  };
}

/**
 * `metav1.Time` as `meta.Time`, and `ServicePort` as `core.ServicePort`.
 * @param {string} pack
 * @param {string} go
 * @returns {string}
 */
function qualify(pack, go) {
  if (go.startsWith('[]')) return `[]${qualify(pack, go.slice(2).replace(/^\*/, ''))}`;
  const map = /^map\[[\w.]+\](.+)$/.exec(go);
  if (map !== null) return `map:${qualify(pack, map[1] ?? '')}`;
  if (SCALARS.has(go) || go === 'byte') return go;
  if (go.includes('.')) return go.replace(/^metav1\.|^metav1\./, 'meta.').replace(/^(v1|corev1)\./, 'core.');
  return `${pack}.${go}`;
}

/**
 * The type of a field in a table, from the package that it is in.
 * @param {string} go
 * @param {string} pack
 * @param {(name: string) => void} need
 * @returns {string}
 */
function tableType(go, pack, need) {
  if (go === '[]byte') return 'bytes';
  if (go.startsWith('[]')) return `[]${tableType(go.slice(2), pack, need)}`;
  if (go.startsWith('map:')) return `map:${tableType(go.slice(4), pack, need)}`;
  const scalar = SCALARS.get(go);
  if (scalar !== undefined) return scalar;
  const short = go.slice(go.lastIndexOf('.') + 1);
  if (SPECIAL.has(short)) return short;
  if (structs.has(go)) {
    need(go);
    return go.startsWith(`${pack}.`) ? short : go;
  }
  const under = aliases.get(go);
  if (under === undefined) throw new Error(`unknown Go type ${go}`);
  // In protobuf a map of lists needs a message for the list.
  if (short === 'ExtraValue') return `items:${tableType(under.slice(2), pack, need)}`;
  return tableType(under, pack, need);
}

/**
 * @param {Field} field
 * @param {string} pack
 * @param {(name: string) => void} need
 */
function tableField(field, pack, need) {
  const { json, go, number, markers, isInline, isRequired, isPointer } = field;
  const type = tableType(go, pack, need);
  const isScalar = [...SCALARS.values(), 'bytes'].includes(type);
  const marker = (/** @type {string} */ name) =>
    markers.flatMap((line) => (line.startsWith(`+${name}=`) ? [line.slice(name.length + 2).trim()] : []));
  const [listType = ''] = marker('listType');
  const keys = marker('listMapKey');
  const [mergeKey = ''] = marker('patchMergeKey');
  const [fallback = ''] = marker('default');
  const isMerged = marker('patchStrategy').some((value) => value.includes('merge'));
  const isAtomic = [...marker('structType'), ...marker('mapType')].includes('atomic');
  return [
    `${isInline ? '...' : json}=${number}:`,
    isPointer && isScalar ? '*' : '',
    type,
    listType === 'set' ? '/set' : '',
    listType === 'map' ? `/map(${keys.join(',')})` : '',
    isMerged ? `/merge(${mergeKey})` : '',
    isAtomic ? '/atomic' : '',
    // Only keys of lists need theirs: what identifies an item is known before defaults are applied.
    json === 'protocol' && /^"\w+"$/.test(fallback) ? `?${fallback.slice(1, -1)}` : '',
    isRequired && !isInline ? '!' : '',
  ].join('');
}

/** @returns {Map<string, string>} */
function writeTables() {
  /** @type {Map<string, string[]>} */
  const lines = new Map();
  const done = new Set();
  const waiting = [...ROOTS];
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    if (done.has(name)) continue;
    done.add(name);
    const fields = structs.get(name);
    if (fields === undefined) throw new Error(`no struct ${name}`);
    const pack = name.slice(0, name.indexOf('.'));
    const words = fields.map((field) => tableField(field, pack, (other) => waiting.push(other)));
    const own = lines.get(pack) ?? [];
    own.push(...wrap(`${name.slice(pack.length + 1)}${atomicStructs.has(name) ? '/atomic' : ''}:`, words));
    lines.set(pack, own);
  }
  const core = ['package core', ...(lines.get('core') ?? [])];
  lines.delete('core');
  const other = [...lines].flatMap(([pack, own]) => [`package ${pack}`, ...own]);
  return new Map([
    ['core-types.ts', tableFile('CORE_TYPES', core)],
    ['other-types.ts', tableFile('OTHER_TYPES', other)],
  ]);
}

/**
 * @param {string} constant
 * @param {readonly string[]} lines
 */
const tableFile = (constant, lines) =>
  `/** This table is generated by dev/kubernetes-types.mjs; \`kube-types.ts\` says how it is read. */\n\nexport const ${constant} = \`\n${lines.join('\n')}\n\`;\n`;

/**
 * @param {string} head
 * @param {readonly string[]} words
 */
function wrap(head, words) {
  const lines = [head];
  for (const word of words) {
    const last = lines.at(-1) ?? '';
    if (last.length + word.length < LINE_CHARS_MAX) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`  ${word}`);
  }
  return lines;
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  const tables = await kubernetesTypeTables();
  if (tables === null) say('The Go modules of dev/tools/kubernetes are missing: run node dev/setup.mjs');
  for (const [name, text] of tables ?? []) writeFileSync(join(root, 'src/apiserver/kube-types', name), text);
}
