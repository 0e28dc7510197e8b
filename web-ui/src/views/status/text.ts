// The words of this view.
import { viewTexts } from '../../state/view-texts.ts';
import { status } from '../../texts/en/status.ts';

export const text = viewTexts(status, async () => (await import('../../texts/de/status.ts')).status);
