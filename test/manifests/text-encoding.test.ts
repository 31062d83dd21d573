import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { decodeText } from '../../src/manifests/text-encoding.ts';

const TEXT = 'kind: Service\nname: "é"\n';

const bigEndian = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

const ROWS: readonly (readonly [says: string, bytes: Buffer, text: string | RegExp])[] = [
  ['UTF-8', Buffer.from(TEXT), TEXT],
  ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${TEXT}`), TEXT],
  ['UTF-16 as PowerShell writes it', Buffer.from(`\uFEFF${TEXT}`, 'utf16le'), TEXT],
  ['UTF-16 of the other order', bigEndian(`\uFEFF${TEXT}`), TEXT],
  ['nothing', Buffer.alloc(0), ''],
  ['a compressed file', gzipSync(TEXT), /^is compressed by gzip/],
  ['an archive', Buffer.from('PK\u0003\u0004rest'), /^is a ZIP file/],
  ['octets that are no text', Buffer.from([1, 2, 0, 3]), /^is no text/],
];

for (const [says, bytes, wanted] of ROWS)
  test(`a file with ${says}`, () => {
    const decoded = decodeText(bytes);
    if (typeof wanted === 'string') assert.deepEqual(decoded, { ok: true, value: wanted });
    else assert.match(decoded.ok ? 'read' : decoded.error, wanted);
  });
