// The words of this view.
import { viewTexts } from '../../state/view-texts.ts';
import { nodes } from '../../texts/en/nodes.ts';

export const text = viewTexts(nodes, async () => (await import('../../texts/de/nodes.ts')).nodes);
