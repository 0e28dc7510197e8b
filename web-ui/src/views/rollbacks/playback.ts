// Plays the history commit by commit: each step waits until the list of the one before is here.
import { effect, signal } from '@preact/signals';
import { isAt, moment, past, playing, position, span, travelTo } from './travel.ts';

/** Commits a second. */
export const speeds = [1, 2, 5, 20] as const;
export const speed = signal<number>(2);

const secondMs = 1_000;

/** From where one stands; from the beginning for who stands at the end. */
export function play(from = position.peek() >= span.peek().to ? span.peek().from : position.peek()): void {
  travelTo(from);
  playing.value = true;
}

/** By hand; what plays stops. */
export function stepTo(index: number): void {
  playing.value = false;
  travelTo(index);
}

/** While somebody looks; the answer ends it. */
export const keepPlaying = (): (() => void) =>
  effect(() => {
    if (!playing.value || !isAt(past.value, moment.value?.oid)) return;
    if (position.value >= span.value.to) {
      playing.value = false;
      return;
    }
    const timer = setTimeout(() => travelTo(position.peek() + 1), secondMs / speed.value);
    return () => clearTimeout(timer);
  });
