// The folder of the package: two above this file in a checkout, three in what is published, where code lies in `dist/`.
import { existsSync } from 'node:fs';

export const packageRoot: URL = ['../../', '../../../']
  .map(path => new URL(path, import.meta.url))
  .find(folder => existsSync(new URL('config.default.json', folder)))!;
