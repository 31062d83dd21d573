/** The questions by their paths, and the shape of each answer. */
import type { StyledLine, StyledSection } from '../src/base/styled-text.ts';
import type {
  ExplainAnswer,
  HeldExplanation,
  ObjectAnswer,
  PlanAnswer,
  ServiceWay,
} from '../src/overview/answers.ts';
import { hasFields, type Is, isFlag, isListOf, isOneOf, isText, orNull } from './shapes.ts';

export type Answers = {
  readonly '/api/allocation': HeldExplanation;
  readonly '/api/explain': ExplainAnswer;
  readonly '/api/plan': PlanAnswer;
  readonly '/api/object': ObjectAnswer;
};

export type QuestionPath = keyof Answers;

const isTexts = isListOf(isText);

const isLine: Is<StyledLine> = isListOf(
  hasFields<StyledLine[number]>({
    text: isText,
    style: orNull(isOneOf('bold', 'dim', 'red', 'green', 'yellow')),
  }),
);
const isSections: Is<readonly StyledSection[]> = isListOf(isListOf(isLine));

const isWay = hasFields<ServiceWay>({
  by: isOneOf('calico', 'bgp-speakers', 'layer2-speakers'),
  address: orNull(isText),
  announced: orNull(isFlag),
  says: isText,
  nodes: isListOf(hasFields<ServiceWay['nodes'][number]>({ node: isText, leads: isFlag, says: isText })),
  routers: isListOf(
    hasFields<ServiceWay['routers'][number]>({
      router: isText,
      routes: isListOf(
        hasFields<ServiceWay['routers'][number]['routes'][number]>({ prefix: isText, from: isTexts }),
      ),
    }),
  ),
});

export const IS_ANSWER: { readonly [P in QuestionPath]: Is<Answers[P]> } = {
  '/api/allocation': hasFields<HeldExplanation>({ sections: orNull(isSections) }),
  '/api/explain': hasFields<ExplainAnswer>({
    sections: isSections,
    ways: isListOf(isWay),
    unread: isTexts,
  }),
  '/api/plan': hasFields<PlanAnswer>({
    verdict: isOneOf('unchanged', 'changes', 'partial'),
    sections: isSections,
  }),
  '/api/object': hasFields<ObjectAnswer>({ yaml: isText }),
};

export const isRefusal = hasFields<{ readonly errors: readonly string[] }>({ errors: isTexts });
