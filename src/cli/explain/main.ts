/** `berth explain`: why a Service has what it has, and who has an address. */
import { err, ok, type Result } from '../../base/result.ts';
import { closest } from '../../base/text.ts';
import { type AnnouncementExplanation, explainAnnouncement } from '../../calico/explained.ts';
import { ALLOCATED_FROM } from '../../cluster/annotations.ts';
import { type Service, serviceKey, splitServiceKey } from '../../cluster/service.ts';
import { SERVICES } from '../../kube/resource.ts';
import { type Address, parseAddress } from '../../net/address.ts';
import { notAnAddress } from '../../net/complaint.ts';
import { explainService, type ServiceExplanation } from '../../plan/explain.ts';
import { explainAddress } from '../../plan/explainaddress.ts';
import { ASSIGNED } from '../../plan/reasons.ts';
import { readShown } from '../../plan/shown.ts';
import { diagnosed, withAddresses } from '../announcing/everything.ts';
import { printAnnouncement } from '../announcing/print.ts';
import { type Opened, type SceneFlags, withSource } from '../cluster/open.ts';
import type { Scene } from '../cluster/scene.ts';
import { failed, misused, readCommandLine } from '../command.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { formatValue } from '../output.ts';
import { paintFor } from '../paint.ts';
import { announceWork } from '../progress.ts';
import { deskOptions, snapshotOf } from '../snapshot.ts';
import { EXPLAIN_COMMAND } from './command.ts';
import { type Ground, groundAsIs, groundAtRest } from './grounds.ts';
import { addressValue, printAddress } from './printaddress.ts';
import { printService, serviceValue } from './printservice.ts';

type Told = { readonly value: unknown; readonly text: (paint: ReturnType<typeof paintFor>) => string };

type ExplainFlags = SceneFlags & {
  readonly file: readonly string[];
  readonly 'lb-class': string;
  readonly 'foreign-addresses': string;
};

type Topic =
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'address'; readonly address: Address };

export async function explainMain(args: readonly string[], context: CliContext): Promise<number> {
  const line = readCommandLine(EXPLAIN_COMMAND, args, context);
  if (line.kind === 'end') return line.code;
  const { flags } = line;
  const topic = readTopic(line.rest);
  if (!topic.ok) return misused(EXPLAIN_COMMAND, context, [topic.error]);
  const told = await withSource(context, flags, flags.file, (opened) =>
    tell(topic.value, opened, flags, context),
  );
  if (!told.ok) return failed(EXPLAIN_COMMAND, context, told.error);
  const { output } = flags;
  context.stdout.write(
    output === 'json' || output === 'yaml'
      ? formatValue(told.value.value, output)
      : told.value.text(paintFor(context.stdout, context.environment)),
  );
  return EXIT.fine;
}

const SERVICE_WORDS = ['service', 'services', 'svc'];
const ADDRESS_WORDS = ['address', 'ip'];

/** `service NAME`, `service/NAME` or `address IP`. */
function readTopic(words: readonly string[]): Result<Topic, string> {
  const [first = '', ...more] = words.length === 1 ? (words[0]?.split('/') ?? []) : words;
  const what = first.toLowerCase();
  const [name, ...tooMuch] = more;
  if (SERVICE_WORDS.includes(what)) {
    if (name === undefined || name === '') return err('name the Service: explain service NAME -n NAMESPACE');
    if (tooMuch.length > 0)
      return err(`explains one Service at a time; ${JSON.stringify(tooMuch[0])} is too much`);
    return ok({ kind: 'service', name });
  }
  if (ADDRESS_WORDS.includes(what)) {
    if (name === undefined) return err('name the address: explain address IP');
    if (tooMuch.length > 0)
      return err(`explains one address at a time; ${JSON.stringify(tooMuch[0])} is too much`);
    const address = parseAddress(name);
    return address.ok
      ? ok({ kind: 'address', address: address.value })
      : err(notAnAddress(JSON.stringify(name), address.error));
  }
  const near = closest(what, [...SERVICE_WORDS, ...ADDRESS_WORDS]);
  if (what === '') return err('say what to explain: service NAME, or address IP');
  return err(
    `cannot explain ${JSON.stringify(first)}; ${near === null ? 'it explains a service or an address' : `did you mean ${near}?`}`,
  );
}

async function tell(
  topic: Topic,
  { source, homes }: Opened,
  flags: ExplainFlags,
  context: CliContext,
): Promise<Result<Told, readonly string[]>> {
  const scene = await source.scene();
  if (!scene.ok) return err([scene.error]);
  const options = deskOptions(flags);
  const ground = (): Ground => {
    const done = announceWork(context, scene.value.services.size);
    const snapshot = snapshotOf(scene.value);
    const worked =
      flags.file.length > 0
        ? groundAtRest(snapshot, options, context.clock.wall())
        : groundAsIs(snapshot, options);
    done();
    return worked;
  };
  if (topic.kind === 'address') {
    // Since when is what the cluster says, not what was worked out here.
    const serviceOf = (key: string) => scene.value.services.get(key);
    const worked = ground();
    const explained = explainAddress(worked.grounds, topic.address, serviceOf);
    const ways = await announcements(source, worked, [topic.address]);
    return ok({
      value: { ...addressValue(explained), ...(ways === null ? {} : { announced: ways[0] }) },
      text: (paint) => withWays(printAddress(explained, paint), ways, paint),
    });
  }
  const key = serviceKey(homes.services, topic.name);
  if (!scene.value.services.has(key)) {
    // The lists are of type LoadBalancer alone; another one still gets its answer.
    const ref = { resource: SERVICES, namespace: homes.services, name: topic.name };
    const found = await source.find(ref);
    if (!found.ok) return err([found.error]);
    if (found.value === null) return err([notFound(key, scene.value)]);
    scene.value.put(ref, found.value);
  }
  const { grounds, services } = ground();
  const service = services.get(key);
  if (service === undefined) return err([notFound(key, scene.value)]);
  const explained = withoutMadeUpTime(explainService(grounds, service), scene.value.services.get(key));
  const shown = shownOf(service);
  const { addresses } = readShown(service);
  const ways = addresses.length === 0 ? null : await announcements(source, { services }, addresses);
  return ok({
    value: { ...serviceValue(explained, shown), ...(ways === null ? {} : { announced: ways }) },
    text: (paint) => withWays(printService(explained, shown, paint), ways, paint),
  });
}

/** From the nodes to the routers; null where the cluster has no Calico. */
async function announcements(
  source: Opened['source'],
  { services }: Pick<Ground, 'services'>,
  addresses: readonly Address[],
): Promise<readonly AnnouncementExplanation[] | null> {
  const everything = await source.announcing();
  if (everything === null) return null;
  const held = new Map([...services].map(([key, one]) => [key, readShown(one).addresses]));
  const objects = withAddresses(everything.objects, held);
  const { world, findings } = diagnosed({ ...everything, objects });
  return addresses.map((address) => explainAnnouncement(world, findings, address));
}

const withWays = (
  text: string,
  ways: readonly AnnouncementExplanation[] | null,
  paint: ReturnType<typeof paintFor>,
): string => [text, ...(ways ?? []).map((way) => `${printAnnouncement(way, paint)}\n`)].join('\n');

/** A condition that was worked out here has been true since never. */
function withoutMadeUpTime(explained: ServiceExplanation, stored: Service | undefined): ServiceExplanation {
  const { said } = explained;
  const isStored = stored?.conditions.some(({ type }) => type === ASSIGNED) === true;
  return said === null || isStored ? explained : { ...explained, said: { ...said, since: '' } };
}

const shownOf = ({ ingress, annotations }: Service) => ({
  addresses: ingress.map(({ ip, hostname }) => ip ?? hostname ?? ''),
  pool: annotations[ALLOCATED_FROM] ?? null,
});

/** With the namespace where there is one of that name, or the name that was probably meant. */
function notFound(key: string, { services }: Scene): string {
  const { name, namespace } = splitServiceKey(key);
  const all = [...services.keys()].map(splitServiceKey);
  const elsewhere = all.find((one) => one.name === name);
  if (elsewhere !== undefined)
    return `there is no Service ${key}; there is one in the namespace ${elsewhere.namespace}: add -n ${elsewhere.namespace}`;
  const near = closest(
    name,
    all.filter((one) => one.namespace === namespace).map((one) => one.name),
  );
  return `there is no Service ${key}${near === null ? '' : `; did you mean ${near}?`}`;
}
