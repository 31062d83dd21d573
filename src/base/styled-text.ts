/** Text for people as data: lines of spans, each with its style, for readers that are no terminal. Plain JSON. */

export type TextStyle = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

export type StyledSpan = {
  readonly text: string;
  /** Null for plain text. */
  readonly style: TextStyle | null;
};

/** Blanks at its begin are its depth below the line above. */
export type StyledLine = readonly StyledSpan[];

/** Lines that belong together. */
export type StyledSection = readonly StyledLine[];
