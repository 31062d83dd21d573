/** Edits as commands that people can run, or as manifests that they can apply. */
import { stringify } from 'yaml';
import type { ObjectEdit, ObjectRef } from '../../calico/findings/finding.ts';

/** As `kubectl` takes it: `bgpconfigurations.projectcalico.org/default -n shop`. */
function kubectlTarget({ apiVersion, kind, name, namespace }: ObjectRef): string {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : `.${apiVersion.slice(0, slash)}`;
  const where = namespace === '' ? '' : ` -n ${namespace}`;
  return `${kind.toLowerCase()}${group}/${name}${where}`;
}

/** The same over several lines that fit a terminal, for people to read and to paste. */
export function commandLines(edit: ObjectEdit): readonly string[] {
  if (edit.do === 'delete') return [kubectlCommand(edit)];
  const body = stringify(edit.do === 'patch' ? edit.patch : edit.manifest)
    .trimEnd()
    .replaceAll("'", "'\\''")
    .split('\n');
  if (edit.do === 'create') return ["echo '", ...body, "' | kubectl apply -f -"];
  return [`kubectl patch ${kubectlTarget(edit.object)} --type=${patchType(edit)} -p '`, ...body, "'"];
}

const patchType = ({ object }: ObjectEdit): string =>
  object.apiVersion === 'apps/v1' ? 'strategic' : 'merge';

const shellQuote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** One command for one edit. */
export function kubectlCommand(edit: ObjectEdit): string {
  if (edit.do === 'delete') return `kubectl delete ${kubectlTarget(edit.object)}`;
  if (edit.do === 'patch') {
    return `kubectl patch ${kubectlTarget(edit.object)} --type=${patchType(edit)} -p ${shellQuote(JSON.stringify(edit.patch))}`;
  }
  return `kubectl apply -f - <<< ${shellQuote(JSON.stringify(edit.manifest))}`;
}
