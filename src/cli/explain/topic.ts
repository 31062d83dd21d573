/** What `berth explain` is asked about, read from its operands. */
import { escapeControls } from '../../base/printable.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { didYouMean } from '../../base/text.ts';
import { type Address, parseAddress } from '../../net/address.ts';
import { invalidAddressText } from '../../net/address-error.ts';

export type ExplainTopic =
  | {
      readonly kind: 'service';
      readonly name: string;
      /** Null for that of `-n`, or of the context. */
      readonly namespace: string | null;
    }
  /** Every Service of the namespace of `-n`, or with `-A` of all. */
  | {
      readonly kind: 'services';
      /** Null for all. */
      readonly namespace: string | null;
    }
  | { readonly kind: 'address'; readonly address: Address };

/** Which Services the flags select, so that the name may be missing. */
export type TopicScope = { readonly namespace: string; readonly 'all-namespaces': boolean };

const SERVICE_WORDS = ['service', 'services', 'svc'];
const ADDRESS_WORDS = ['address', 'ip'];

/**
 * `service NAME`, `service NAMESPACE/NAME`, `service/NAME`, `service/NAMESPACE/NAME`, `address IP` or `address/IP`. The error
 * is a sentence.
 */
export function readTopic(operands: readonly string[], scope: TopicScope): Result<ExplainTopic, string> {
  // -A and -n select Services, so the word may be missing as well.
  if (operands.length === 0 && (scope['all-namespaces'] || scope.namespace !== ''))
    return serviceTopic('', scope);
  const [first = '', name = '', ...surplus] = operands.length === 1 ? splitOnce(operands[0] ?? '') : operands;
  const word = first.toLowerCase();
  const isService = SERVICE_WORDS.includes(word);
  if (!isService && !ADDRESS_WORDS.includes(word)) return err(unknownTopicText(first, operands));
  if (surplus.length > 0) return err(`explains one at a time: ${JSON.stringify(surplus[0])} is one too many`);
  if (isService) return serviceTopic(name, scope);
  if (scope['all-namespaces']) return err('-A explains Services: berth explain service -A');
  if (name === '') return err('the address is missing: explain address IP');
  const address = parseAddress(name);
  return address.ok
    ? ok({ kind: 'address', address: address.value })
    : err(invalidAddressText(JSON.stringify(name), address.error));
}

/** At the first slash. */
function splitOnce(text: string): readonly string[] {
  const slash = text.indexOf('/');
  return slash < 0 ? [text] : [text.slice(0, slash), text.slice(slash + 1)];
}

function serviceTopic(text: string, scope: TopicScope): Result<ExplainTopic, string> {
  if (scope['all-namespaces'] && text !== '')
    return err(`-A explains every Service: leave out ${JSON.stringify(text)}`);
  if (scope['all-namespaces'] && scope.namespace !== '') return err('-A and -n exclude each other');
  if (text === '' && (scope['all-namespaces'] || scope.namespace !== ''))
    return ok({ kind: 'services', namespace: scope.namespace || null });
  const parts = text.split('/');
  const [first = '', second] = parts;
  if (parts.length > 2 || parts.includes(''))
    return err(
      'the name of the Service is missing: explain service NAME -n NAMESPACE, or NAMESPACE/NAME; -A for all',
    );
  return ok(
    second === undefined
      ? { kind: 'service', namespace: null, name: first }
      : { kind: 'service', namespace: first, name: second },
  );
}

/** Who names one thing alone, as for `kubectl get`, has left out the word before it. */
function unknownTopicText(word: string, operands: readonly string[]): string {
  if (word === '') return 'what to explain is missing: service NAME, or address IP';
  const [whole = '', ...surplus] = operands;
  const missing = parseAddress(whole).ok ? 'address' : 'service';
  const hint =
    didYouMean(word.toLowerCase(), [...SERVICE_WORDS, ...ADDRESS_WORDS]) ??
    (surplus.length > 0
      ? 'it explains a service or an address'
      : `did you mean ${missing} ${escapeControls(whole)}? It explains a service or an address`);
  return `cannot explain ${JSON.stringify(surplus.length > 0 ? word : whole)}: ${hint}`;
}
