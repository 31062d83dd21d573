/** Validates string formats of schemas. Every text matches an unknown format, as in kube-apiserver. */

import { isIP, isIPv4, isIPv6 } from 'node:net';
import { ownValue } from '../../base/own-value.ts';

const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;
const DURATION = /^[+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h|d|w)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$/;
const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

const formats: Readonly<Record<string, (text: string) => boolean>> = {
  'date-time': (text) => RFC3339.test(text) && !Number.isNaN(Date.parse(text)),
  date: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)),
  duration: (text) => text === '0' || DURATION.test(text),
  uuid: (text) => UUID.test(text),
  ipv4: (text) => isIPv4(text),
  ipv6: (text) => isIPv6(text),
  cidr: (text) => isCidr(text, isIP),
  byte: (text) => /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0,
};

export function matchesFormat(format: string, text: string): boolean {
  const fits = ownValue(formats, format);
  return fits === undefined || fits(text);
}

/** Whether `text` is an address with a prefix length; `familyOf` parses the address: 4, 6, or 0 for an invalid one. */
export function isCidr(text: string, familyOf: (address: string) => number): boolean {
  const [address = '', length = '', ...rest] = text.split('/');
  const family = familyOf(address);
  if (rest.length > 0 || family === 0 || !/^\d{1,3}$/.test(length)) return false;
  return Number(length) <= (family === 4 ? 32 : 128);
}
