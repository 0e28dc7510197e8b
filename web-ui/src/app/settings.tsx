// Theme and language, kept in the browser.
import { text } from '../state/locale.ts';
import { type Language, language, type Theme, theme } from '../state/settings.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu } from '../ui/menu.tsx';

const themes: readonly Theme[] = ['system', 'light', 'dark'];
const languages: readonly (readonly [Language, string])[] = [
  ['en', 'English'],
  ['de', 'Deutsch'],
];

export function Settings() {
  const { shell } = text.value;
  return (
    <Menu quiet label={shell.settings} button={<Icon name="gear" />}>
      <fieldset>
        <legend>{shell.theme}</legend>
        {themes.map(name => (
          <label key={name}>
            <input
              type="radio"
              name="theme"
              checked={theme.value === name}
              onChange={() => {
                theme.value = name;
              }}
            />
            {shell.themes[name]}
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>{shell.language}</legend>
        {languages.map(([name, words]) => (
          <label key={name} lang={name}>
            <input
              type="radio"
              name="language"
              checked={language.value === name}
              onChange={() => {
                language.value = name;
              }}
            />
            {words}
          </label>
        ))}
      </fieldset>
    </Menu>
  );
}
