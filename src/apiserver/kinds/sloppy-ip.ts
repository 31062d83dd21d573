/**
 * Parses addresses as kube-apiserver does in its older fields: more leniently than `net/`, since Go's old parser accepts
 * leading zeros (netutils.ParseIPSloppy).
 */

import { isIPv4, isIPv6 } from 'node:net';
import { isCidr } from '../schema/formats.ts';

/** 4, 6, or 0 for text that is not an address. An IPv4-mapped IPv6 address counts as IPv4, as in Go. */
export function sloppyIpFamily(text: string): 0 | 4 | 6 {
  if (/^\d{1,20}(\.\d{1,20}){3}$/.test(text)) return isIPv4(text.split('.').map(Number).join('.')) ? 4 : 0;
  if (text.includes('%') || !isIPv6(text)) return 0;
  return /^(0{1,4}:){5}ffff:|^::ffff:[\d.]+$|^::ffff:[0-9a-f]{1,4}:[0-9a-f]{1,4}$/i.test(text) ? 4 : 6;
}

export const isSloppyCidr = (text: string): boolean => isCidr(text, sloppyIpFamily);
