/** Text without colour, 100 columns wide. */
import { COLUMNS_DEFAULT, noColor, type TextFormat } from '../../../src/observe/terminal.ts';

export const PLAIN_FORMAT: TextFormat = { paint: noColor, columns: COLUMNS_DEFAULT };
