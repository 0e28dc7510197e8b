// A key's fingerprint, for eyes and ears.

/** In fours, as gpg prints it: so people read it to each other. */
export const Fingerprint = ({ text }: { text: string }) => (
  <code class="fingerprint">{(text.toUpperCase().match(/.{1,4}/g) ?? []).join(' ')}</code>
);
