// Karma in words and colours: a number alone says little, a colour alone not everybody sees.
import type { ServerRow } from '../api/port.ts';
import type { Cell } from './table.ts';

type Karma = ServerRow['karma'];

export const tierCell = ({ tier }: Pick<Karma, 'tier'>): Cell => ({ text: tier, style: tier });

export const karmaCell = ({ tier, value }: Karma): Cell => ({ text: `${tier}, ${hundredths(value)}`, style: tier });

/** `-0.14`, and never `-0.00`. */
export function hundredths(n: number): string {
  const text = n.toFixed(2);
  return text === '-0.00' ? '0.00' : text;
}
