// Texts of the views of the history, loaded with them.
import { viewTexts } from '../../state/view-texts.ts';
import { history } from '../../texts/en/history.ts';

export const words = viewTexts(history, async () => (await import('../../texts/de/history.ts')).history);
