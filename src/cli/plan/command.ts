import { FILES_FLAG_SAYS, OUTPUT_FLAG, SCENE_FLAGS } from '../cluster/clusterflags.ts';
import type { Command } from '../command.ts';

export const PLAN_COMMAND = {
  verb: 'plan',
  usage: ['-f FILE... [--delete KIND/NAME...] [--cluster FOLDER]'],
  about: [
    'Who keeps its address, who moves, who starts to wait and who gets one, if the files were applied and the named objects deleted. Decides with the code that the controller runs, on a copy: nothing is written.',
    'Pools, Services, Namespaces and advertisements count; other kinds in the files are passed over.',
  ],
  flags: {
    filename: { kind: 'texts', short: 'f', value: 'FILE', says: FILES_FLAG_SAYS },
    delete: {
      kind: 'texts',
      value: 'KIND/NAME',
      says: 'an object to take away, or KIND/NAMESPACE/NAME; may be repeated',
    },
    cluster: {
      kind: 'texts',
      value: 'FOLDER',
      says: 'a cluster in files (kubectl get -o yaml) in place of the live one',
    },
    ...OUTPUT_FLAG,
    ...SCENE_FLAGS,
  },
  exits: { 0: 'no address in use would move', 3: 'some would: see above' },
  examples: [
    { does: 'what an edit of a pool would do', run: 'berth plan -f pool.yaml' },
    { does: 'what would become of the Services of a pool', run: 'berth plan --delete ipaddresspool/old' },
    {
      does: 'without a cluster at hand',
      run: 'kubectl get svc,ipaddresspool,ns -A -o yaml > now/all.yaml; berth plan --cluster now -f pool.yaml',
    },
  ],
} as const satisfies Command;
