// A server as a snippet for other pages: text and a link, nothing that would be loaded from here.

export type Embedded = { readonly name: string; readonly address: string; readonly href: string };

/** Names come from strangers: each format's own marks are written so that they stay text. */
export const embedOf = ({
  name,
  address,
  href,
}: Embedded): Readonly<Record<'HTML' | 'Markdown' | 'BBCode', string>> => ({
  HTML: `<a href="${html(href)}">${html(name)}</a> <code>${html(address)}</code>`,
  Markdown: `[${markdown(name)}](${href}) ${markdown(address)}`,
  BBCode: `[url=${href}]${bbcode(name)}[/url] ${bbcode(address)}`,
});

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const html = (text: string): string => text.replace(/[&<>"']/g, character => entities[character]!);
const markdown = (text: string): string =>
  text.replace(/[\\`*_{}[\]()#+!|~-]/g, '\\$&').replace(/[&<>]/g, character => entities[character]!);
/** BBCode has no escape: brackets of the same look take their place. */
const bbcode = (text: string): string => text.replaceAll('[', '［').replaceAll(']', '］');
