import { readFileSync } from 'node:fs';
import type { ClientConfig } from 'pg';
import { UnfitServer } from '../schema/unfit-server.js';

/** Whether and how a connection is encrypted, as the driver takes it. */
export type TlsOptions = NonNullable<ClientConfig['ssl']>;

/** A connection's URL without what it says of encryption, and the ways to encrypt it, in the order to try them. */
export interface EncryptedUrl {
  readonly url: string;
  readonly ways: readonly [TlsOptions, ...TlsOptions[]];
}

/** What a URL says of encryption, with the variables that stand in for it, as those of libpq do. */
const VARIABLES = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
} as const;

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

/**
 * How to encrypt the connections of a URL, as libpq means `sslmode` and what belongs to it: `require` encrypts and verifies
 * nothing unless there is an `sslrootcert`, which makes it `verify-ca`; that verifies who signed the server's certificate, and
 * `verify-full` its name, too. Without `sslmode` nothing is encrypted. `verify-full` without `sslrootcert`, or with `system`,
 * takes the authorities that Node.js knows.
 *
 * @throws UnfitServer for another mode, and for a file that can't be read
 */
export function encryptedUrl(url: string): EncryptedUrl {
  const bare = new URL(url);
  const of = (name: keyof typeof VARIABLES) =>
    bare.searchParams.get(name) ?? (process.env[VARIABLES[name]] || undefined);
  const [mode, rootFile, certFile, keyFile] = [of('sslmode'), of('sslrootcert'), of('sslcert'), of('sslkey')];
  if (mode === undefined && bare.searchParams.has('ssl')) return { url, ways: [bare.searchParams.get('ssl') !== '0'] };
  for (const name of [...Object.keys(VARIABLES), 'uselibpqcompat']) bare.searchParams.delete(name);
  const own = { ...fileOption('cert', 'sslcert', certFile), ...fileOption('key', 'sslkey', keyFile) };
  const root = rootFile === 'system' ? {} : fileOption('ca', 'sslrootcert', rootFile);
  return { url: bare.href, ways: waysOf(mode, { own, root, hasRoot: rootFile !== undefined }) };
}

interface Certificates {
  readonly own: Readonly<Partial<Record<'cert' | 'key', string>>>;
  readonly root: Readonly<Partial<Record<'ca', string>>>;
  readonly hasRoot: boolean;
}

function waysOf(mode: string | undefined, { own, root, hasRoot }: Certificates): EncryptedUrl['ways'] {
  const unverified = { ...own, rejectUnauthorized: false };
  const anyName = { ...own, ...root, checkServerIdentity: () => undefined };
  switch (mode) {
    case undefined:
    case 'disable':
      return [false];
    case 'allow':
      return [false, unverified];
    case 'prefer':
      return [unverified, false];
    case 'require':
      return [hasRoot ? anyName : unverified];
    case 'verify-ca':
      if (!hasRoot) throw new UnfitServer('sslmode=verify-ca needs sslrootcert, the file of the authority to trust');
      return [anyName];
    case 'verify-full':
      return [{ ...own, ...root }];
    // The driver's own name for what libpq calls require.
    case 'no-verify':
      return [unverified];
    default:
      throw new UnfitServer(`its sslmode is none of ${MODES.join(', ')}`);
  }
}

function fileOption<K extends string>(key: K, name: string, file: string | undefined): Partial<Record<K, string>> {
  if (file === undefined) return {};
  try {
    const option: Partial<Record<K, string>> = {};
    option[key] = readFileSync(file, 'utf8');
    return option;
  } catch (cause) {
    throw new UnfitServer(`the file of ${name} cannot be read`, { cause });
  }
}
