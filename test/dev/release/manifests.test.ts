import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nameImage } from '../../../dev/release/manifests.mjs';

const REPOSITORY = 'registry.example/infra/berth';

describe('the image in one-file manifests', () => {
  const rows: readonly [says: string, objects: string, want: string][] = [
    [
      'is named where a container has it',
      '  image: localhost/berth:0.1.0\n',
      `  image: ${REPOSITORY}:1.2.3\n`,
    ],
    [
      'is named where it begins a container',
      '- image: localhost/berth:0.1.0\n',
      `- image: ${REPOSITORY}:1.2.3\n`,
    ],
    [
      'is named everywhere, and other images stay',
      'image: localhost/berth:0.1.0\nimage: busybox:1\nimage: localhost/berth:0.1.0\n',
      `image: ${REPOSITORY}:1.2.3\nimage: busybox:1\nimage: ${REPOSITORY}:1.2.3\n`,
    ],
    [
      'is not looked for in texts',
      'image: localhost/berth:0.1.0\ntext: the image localhost/berth:0.1.0\n',
      `image: ${REPOSITORY}:1.2.3\ntext: the image localhost/berth:0.1.0\n`,
    ],
  ];
  for (const [says, objects, want] of rows)
    it(says, () => assert.equal(nameImage(objects, '1.2.3', REPOSITORY), want));

  it('has to be there', () => {
    assert.throws(
      () => nameImage('image: busybox:1\n', '1.2.3', REPOSITORY),
      /no container .* localhost\/berth/,
    );
  });
});
