// `content/manifest.json` of a statement's tree: the files that nodes mirror for players, each by its hash.
import { fromUtf8, utf8 } from '../base/bytes.ts';
import { textFault } from '../base/text.ts';
import { fault, type Parsed, parsed } from '../base/verdict.ts';

/**
 * The file, canonical as announcements are; files in ascending order of their paths.
 *
 *     {
 *       "files": [
 *         {
 *           "path": "maps/complex.ogz",
 *           "size": 183204,
 *           "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
 *         }
 *       ]
 *     }
 */
export type Manifest = { readonly files: readonly ManifestFile[] };
export type ManifestFile = { readonly path: string; readonly size: number; readonly sha256: string };

/** Where it lies in the tree. */
export const manifestPath = 'content/manifest.json';
export const filesMax = 10_000;
/** Such files at some 200 B each, twice over. */
export const manifestBytesMax = 4_194_304;
/** 16 GiB: the largest game packages. */
export const fileSizeMax = 2 ** 34;
/** What every file system takes: 255 bytes a name, and room for a folder in front. */
const nameBytesMax = 255;
const pathBytesMax = 1_024;
const namesMax = 16;

export const formatManifest = ({ files }: Manifest): Uint8Array =>
  utf8(`${JSON.stringify({ files: files.map(inOrder).sort((a, b) => (a.path < b.path ? -1 : 1)) }, null, 2)}\n`);

/** Accepts exactly what `formatManifest` gives for sound files. */
export function parseManifest(bytes: Uint8Array): Parsed<Manifest> {
  if (bytes.length > manifestBytesMax)
    return fault('TOO_LARGE', 'manifest', `is larger than ${manifestBytesMax} bytes`);
  const text = fromUtf8(bytes);
  if (text === undefined) return fault('NOT_UTF8', 'manifest', 'is not UTF-8');
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return fault('NOT_JSON', 'manifest', 'is not JSON');
  }
  const files = (raw as Manifest | null)?.files;
  if (!Array.isArray(files)) return fault('BAD_FIELD', 'files', 'must be a list of files');
  if (files.length > filesMax) return fault('BAD_FIELD', 'files', `holds more than ${filesMax} files`);
  for (const [i, file] of files.entries()) {
    const reason = fileFault(file);
    if (reason !== undefined) return fault('BAD_FIELD', `files[${i}]`, reason);
  }
  const clash = clashOf(files);
  if (clash !== undefined) return fault('BAD_FIELD', 'files', clash);
  const manifest = { files: (files as ManifestFile[]).map(inOrder) };
  if (Buffer.compare(formatManifest(manifest), bytes) !== 0) {
    return fault(
      'NOT_CANONICAL',
      'manifest',
      'is not in canonical form (order of keys and files, indent, final newline)',
    );
  }
  return parsed(manifest);
}

function fileFault(raw: unknown): string | undefined {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return 'is not an object';
  if (Object.keys(raw).sort().join() !== 'path,sha256,size') return 'must have path, size and sha256';
  const { path, size, sha256 } = raw as Record<string, unknown>;
  if (typeof path !== 'string') return 'path must be text';
  const wrong = pathFault(path);
  if (wrong !== undefined) return `path ${wrong}`;
  if (!Number.isSafeInteger(size) || (size as number) < 0 || (size as number) > fileSizeMax) {
    return `size must be a whole number of bytes up to ${fileSizeMax}`;
  }
  return typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256) ? undefined : 'sha256 must be 64 hex digits';
}

/** Why a path may not be written below some folder, on any system: Windows knows `con` and `a.`, and takes `A` for `a`. */
export function pathFault(path: string): string | undefined {
  if (utf8(path).length > pathBytesMax) return `is longer than ${pathBytesMax} bytes`;
  const names = path.split('/');
  if (names.length > namesMax) return `is deeper than ${namesMax} names`;
  for (const name of names) {
    const reason = textFault(name, nameBytesMax);
    if (reason !== undefined) return reason;
    if (name === '' || utf8(name).length > nameBytesMax)
      return `has a name that is not 1 to ${nameBytesMax} bytes long`;
    if (/[\\:*?"<>|]/.test(name)) return 'holds one of the characters \\ : * ? " < > |';
    if (name.startsWith('.') || name.endsWith('.')) return 'has a name that begins or ends with a dot';
    if (/^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i.test(name)) return `has the name ${name}, which is a device`;
  }
  return undefined;
}

/** Two files that cannot both be written: the same but for upper and lower case, or one below the other. */
function clashOf(files: readonly ManifestFile[]): string | undefined {
  const paths = new Set<string>();
  for (const { path } of files) {
    const folded = path.toLowerCase();
    if (paths.has(folded)) return `names ${path} twice`;
    paths.add(folded);
  }
  for (const path of paths) {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
      if (paths.has(path.slice(0, at))) return `has ${path.slice(0, at)} as a file and as a folder`;
    }
  }
  return undefined;
}

const inOrder = ({ path, size, sha256 }: ManifestFile): ManifestFile => ({ path, size, sha256 });
