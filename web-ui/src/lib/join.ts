// Links that start a game and join a server, for games that register such a scheme.

const steam = (address: string) => `steam://connect/${address}`;
/** Schemes that the games or their launchers register themselves; a game without one is joined by its address. */
const schemes: Readonly<Record<string, (address: string) => string>> = {
  css: steam,
  csgo: steam,
  counterstrike16: steam,
  counterstrike2: steam,
  dod: steam,
  garrysmod: steam,
  hl2dm: steam,
  left4dead2: steam,
  rust: steam,
  teamfortress2: steam,
  ddnet: address => `ddnet://${address}`,
  xonotic: address => `xonotic://${address}`,
  unvanquished: address => `unv://${address}`,
  openttd: address => `openttd://${address}`,
};

/** Only what can be nothing else than a host and a port gets into a link. */
const addressForm = /^(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?):[0-9]{1,5}$/i;

export function joinLink(game: string, address: string | undefined): string | undefined {
  if (address === undefined || !addressForm.test(address)) return undefined;
  return Object.hasOwn(schemes, game) ? schemes[game]!(address) : undefined;
}
