/** Services of files that no controller has reconciled, and whether a dry run may decide about them. */
import { type Raw, textOf } from '../../../base/json.ts';
import { groupOf, METALLB_GROUP } from '../../../delivery/speaker-cluster.ts';
import type { Service } from '../../../objects/service.ts';

/** It shows neither an address nor a condition. */
export const isUndecided = ({ ingress, conditions }: Service): boolean =>
  ingress.length === 0 && conditions.length === 0;

/** In whatever namespace, and of whatever age: then the files are meant to show them. */
export const arePoolsShown = (objects: readonly Raw[]): boolean =>
  objects.some((raw) => groupOf(raw) === METALLB_GROUP && /^(IP)?AddressPool$/.test(textOf(raw['kind'])));
