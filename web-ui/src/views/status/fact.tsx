// A name and what belongs to it.
import type { ComponentChildren } from 'preact';

export const Fact = ({ name, title, children }: { name: string; title?: string; children: ComponentChildren }) => (
  <div title={title}>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
