// Die Frage nach dem Token des Knotens.
import type { TokenTexts } from '../en/token.ts';

export const token: TokenTexts = {
  label: 'Token dieses Knotens',
  hint: 'Der Inhalt der Datei api-token im Datenordner des Knotens. Er wird behalten, bis dieser Tab geschlossen wird.',
  use: 'Verwenden',
  held: 'Das Token ist eingegeben, bis dieser Tab geschlossen wird.',
  forget: 'Vergessen',
  badForm: 'Das kann kein Token sein: Es hat keine Leerzeichen und nur einfache Buchstaben, Ziffern und Zeichen.',
  wrong:
    'Der Knoten kennt dieses Token nicht. Seines steht in der Datei api-token seines Datenordners: <data>/api-token',
  failed: reason => `Der Knoten lehnte ab: ${reason}`,
  offline: 'Der Knoten antwortet nicht; nichts wurde geändert.',
};
