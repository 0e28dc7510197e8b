// Texts of a view that is loaded when somebody goes there: they come with it, and the first view stays small.
import { effect, type ReadonlySignal, signal } from '@preact/signals';
import { language } from './settings.ts';

/** English comes with the view, German when it is asked for. */
export function viewTexts<T>(en: T, german: () => Promise<T>): ReadonlySignal<T> {
  const words = signal(en);
  effect(() => {
    const wanted = language.value;
    if (wanted === 'en') words.value = en;
    else
      void german().then(de => {
        if (language.peek() === wanted) words.value = de;
      });
  });
  return words;
}
