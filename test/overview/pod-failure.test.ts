/** Why a Pod is not ready, by what its status says. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fieldsOf } from '../../src/base/json.ts';
import { whyNotReady } from '../../src/overview/pod-failure.ts';

const waiting = (reason: string, message = ''): object => ({ state: { waiting: { reason, message } } });
const crashed = (message: string): object => ({
  ...waiting('CrashLoopBackOff', 'back-off 10s restarting failed container=controller'),
  lastState: { terminated: { reason: 'Error', exitCode: 2, message } },
});
const FOREIGN = 'the image is not built for the architecture of this node';

const rows: readonly [sentence: string, container: object, image: string, because: string | null][] = [
  ['a reason alone', waiting('ContainerCreating'), 'r.example/berth:1', 'ContainerCreating'],
  [
    'the last line of a program that ended',
    crashed('starting\nunknown flag --colour\n'),
    'r.example/berth:1',
    'CrashLoopBackOff: unknown flag --colour',
  ],
  ['nothing of a program that said nothing', crashed(''), 'r.example/berth:1', 'CrashLoopBackOff'],
  [
    'the kernel refuses a program of another architecture',
    crashed('exec /usr/local/bin/node: exec format error'),
    'r.example/berth:1',
    `CrashLoopBackOff: ${FOREIGN}`,
  ],
  [
    'containerd finds no image for the node',
    waiting(
      'ErrImagePull',
      'failed to pull and unpack image "r.example/berth:1": no match for platform in manifest: not found',
    ),
    'r.example/berth:1',
    `ErrImagePull: ${FOREIGN}`,
  ],
  [
    'Docker finds no image for the node',
    waiting('ImagePullBackOff', 'no matching manifest for linux/arm64/v8 in the manifest list entries'),
    'r.example/berth:1',
    `ImagePullBackOff: ${FOREIGN}`,
  ],
  [
    'an image that nobody has named',
    waiting('ImagePullBackOff', 'Back-off pulling image'),
    'localhost/berth:0.1.0',
    'ImagePullBackOff: localhost/berth:0.1.0 is in no registry: name your image, or load it on the node',
  ],
  [
    'an image that cannot be pulled',
    waiting('ImagePullBackOff', 'Back-off pulling image'),
    'r.example/berth:1',
    'ImagePullBackOff',
  ],
  ['nothing while it runs', { state: { running: {} } }, 'r.example/berth:1', null],
];

describe('a Pod is not ready, and what is said is', () => {
  for (const [sentence, container, image, because] of rows)
    it(sentence, () => {
      const name = 'controller';
      const pod = {
        spec: {
          containers: [
            { name: 'other', image: 'x' },
            { name, image },
          ],
        },
        status: { containerStatuses: [{ name, ...container }] },
      };
      assert.equal(whyNotReady(fieldsOf(JSON.parse(JSON.stringify(pod)))), because);
    });

  it('the reason of a condition where no container was started', () => {
    const conditions = [
      { type: 'Initialized', status: 'True' },
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable' },
    ];
    assert.equal(whyNotReady(fieldsOf({ status: { conditions } })), 'Unschedulable');
  });

  it('cut where a program printed a page', () => {
    const text = whyNotReady(fieldsOf({ status: { containerStatuses: [crashed('x'.repeat(5000))] } }));
    assert.ok((text ?? '').length < 250, text ?? '');
  });
});
