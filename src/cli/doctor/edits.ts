/** Edits as commands that people can run, or as manifests that they can apply. */
import { stringify } from 'yaml';
import type { Edit, ObjectRef } from '../../calico/findings/finding.ts';

/** As `kubectl` takes it: `bgpconfigurations.projectcalico.org/default -n shop`. */
function target({ apiVersion, kind, name, namespace }: ObjectRef): string {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : `.${apiVersion.slice(0, slash)}`;
  const where = namespace === '' ? '' : ` -n ${namespace}`;
  return `${kind.toLowerCase()}${group}/${name}${where}`;
}

/** The same over several lines that fit a terminal, for people to read and to paste. */
export function asLines(edit: Edit): readonly string[] {
  if (edit.do === 'delete') return [asCommand(edit)];
  const body = stringify(edit.do === 'patch' ? edit.patch : edit.manifest)
    .trimEnd()
    .replaceAll("'", "'\\''")
    .split('\n');
  if (edit.do === 'create') return ["echo '", ...body, "' | kubectl apply -f -"];
  return [`kubectl patch ${target(edit.object)} --type=${patchType(edit)} -p '`, ...body, "'"];
}

const patchType = ({ object }: Edit): string => (object.apiVersion === 'apps/v1' ? 'strategic' : 'merge');

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** One command for one edit. */
export function asCommand(edit: Edit): string {
  if (edit.do === 'delete') return `kubectl delete ${target(edit.object)}`;
  if (edit.do === 'patch') {
    return `kubectl patch ${target(edit.object)} --type=${patchType(edit)} -p ${quoted(JSON.stringify(edit.patch))}`;
  }
  return `kubectl apply -f - <<< ${quoted(JSON.stringify(edit.manifest))}`;
}
