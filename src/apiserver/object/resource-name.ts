/** The names of resources, versions and groups as the API and its messages print them. */

export const groupVersion = (resource: { readonly group: string; readonly version: string }): string =>
  resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;

/** A GroupResource or GroupKind as text: `services`, `ipaddresspools.metallb.io`. */
export const withGroup = (name: string, group: string): string => (group === '' ? name : `${name}.${group}`);

/** The versions of a resource share their storage, under this name. */
export const groupResource = (resource: { readonly group: string; readonly plural: string }): string =>
  withGroup(resource.plural, resource.group);
