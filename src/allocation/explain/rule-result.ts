/** The result of one rule of a pool for one Service. */

/** In the order in which they are checked. The names are in the JSON of `berth explain`. */
export type AllocationRule =
  | 'readable'
  | 'asked-for pool'
  | 'serviceAllocation'
  | 'autoAssign'
  | 'asked-for address'
  | 'family';

export type RuleResult = {
  readonly rule: AllocationRule;
  readonly passes: boolean;
  readonly says: string;
  /** What would make it pass, or removes its problem; null where there is none. */
  readonly remedy: string | null;
  /** The field that the remedy changes, as `kind name, path`; null where there is no remedy. */
  readonly field: string | null;
};

export const passRule = (rule: AllocationRule, says: string): RuleResult => ({
  rule,
  passes: true,
  says,
  remedy: null,
  field: null,
});

/** `field` is what the remedy changes. */
export const failRule = (
  rule: AllocationRule,
  says: string,
  { remedy, field }: { readonly remedy: string; readonly field: string },
): RuleResult => ({ rule, passes: false, says, remedy, field });
