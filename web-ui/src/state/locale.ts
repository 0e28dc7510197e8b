// Texts and formats in the language that was chosen. German is loaded when it is asked for.
import { computed, effect, signal } from '@preact/signals';
import { type Formats, formatsFor } from '../lib/format.ts';
import { en, type Texts } from '../texts/en.ts';
import { language } from './settings.ts';

export const text = signal<Texts>(en);
export const formats = computed<Formats>(() => formatsFor(language.value));

effect(() => {
  const wanted = language.value;
  if (wanted === 'en') text.value = en;
  else
    void import('../texts/de.ts').then(({ de }) => {
      if (language.peek() === wanted) text.value = de;
    });
});
