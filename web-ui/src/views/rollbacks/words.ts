// The words of this view, in the language that was chosen.
import { viewTexts } from '../../state/view-texts.ts';
import { rollbacks } from '../../texts/en/rollbacks.ts';

export const words = viewTexts(rollbacks, async () => (await import('../../texts/de/rollbacks.ts')).rollbacks);
