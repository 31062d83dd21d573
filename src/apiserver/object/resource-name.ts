/** The names of resources and groups as the API and its messages print them. */

/** A GroupResource or GroupKind as text: `services`, `ipaddresspools.metallb.io`. */
export const withGroup = (name: string, group: string): string => (group === '' ? name : `${name}.${group}`);

/** The versions of a resource share their storage, under this name. */
export const groupResource = (resource: { readonly group: string; readonly plural: string }): string =>
  withGroup(resource.plural, resource.group);
