// Whether there is room for a table, or for a list of two lines a row. The same width as in the styles.
import { signal } from '@preact/signals';

const query = matchMedia('(max-width: 700px)');

export const narrow = signal(query.matches);
query.addEventListener('change', () => {
  narrow.value = query.matches;
});
