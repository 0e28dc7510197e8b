// The words of this view, in the language that was chosen.
import { viewTexts } from '../../state/view-texts.ts';
import { series } from '../../texts/en/series.ts';

export const words = viewTexts(series, async () => (await import('../../texts/de/series.ts')).series);
