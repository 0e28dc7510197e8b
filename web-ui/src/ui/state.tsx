// What stands where something is not: still loading, failed, nothing there.
import type { ComponentChildren } from 'preact';
import type { ApiError } from '../api/client.ts';
import { text } from '../state/locale.ts';

export const Loading = () => (
  <p class="state" role="status">
    <span class="spinner" aria-hidden="true" /> {text.value.shell.loading}
  </p>
);

export const Empty = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <div class="state">
    <p class="state-title">{title}</p>
    {children}
  </div>
);

export const Failed = ({ error, onAgain }: { error: ApiError; onAgain: () => void }) => (
  <div class="state" role="alert">
    <p class="state-title">{text.value.shell.failed}</p>
    <p>{error.message}</p>
    {error.remedy && <p>{error.remedy}</p>}
    <button type="button" onClick={onAgain}>
      {text.value.shell.again}
    </button>
  </div>
);
