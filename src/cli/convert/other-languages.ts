/** Files in a language that makes YAML: they are told by their names, since a YAML parser has only riddles to say about them. */

const LANGUAGES: readonly [ending: RegExp, language: string, render: string][] = [
  [/\.(jsonnet|libsonnet)$/i, 'Jsonnet', 'jsonnet FILE'],
  [/\.cue$/i, 'CUE', 'cue export FILE'],
  [/\.dhall$/i, 'Dhall', 'dhall-to-yaml --file FILE'],
  [/\.pkl$/i, 'Pkl', 'pkl eval -f yaml FILE'],
  [/\.(tf|hcl)$/i, 'HCL', 'helm get values RELEASE'],
];

/** What to do with such a file; null for others. */
export function otherLanguageError(file: string): string | null {
  const found = LANGUAGES.find(([ending]) => ending.test(file));
  if (found === undefined) return null;
  const [, language, render] = found;
  return `is ${language}, and no YAML: pass what it makes, as ${render} prints it`;
}
