import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORMAT = 'v1';

/** Encrypts and decrypts secrets under the server's master key, contract §4. */
export interface SecretBox {
  /** `context` binds the ciphertext to the row it belongs to; the same is needed to open it. */
  seal(secret: string, context: string): string;
  /** @throws Error when the master key is another one, or the ciphertext was moved or changed */
  open(sealed: string, context: string): string;
  /** Whether {@link SecretBox.open} would succeed. */
  canOpen(sealed: string, context: string): boolean;
}

/** A secret box with a master key of 32 bytes. */
export function secretBox(masterKey: Buffer): SecretBox {
  const box: SecretBox = {
    seal(secret, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, masterKey, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(context));
      const ciphertext = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${FORMAT}.${nonce.toString('base64url')}.${ciphertext.toString('base64url')}`;
    },
    open(sealed, context) {
      const [format, nonce, ciphertext] = sealed.split('.');
      if (format !== FORMAT || nonce === undefined || ciphertext === undefined) {
        throw new Error('a stored secret has an unknown format');
      }
      return decrypt(masterKey, { nonce, ciphertext: Buffer.from(ciphertext, 'base64url'), context });
    },
    canOpen(sealed, context) {
      try {
        box.open(sealed, context);
        return true;
      } catch {
        return false;
      }
    },
  };
  return box;
}

interface Sealed {
  readonly nonce: string;
  readonly ciphertext: Buffer;
  readonly context: string;
}

function decrypt(masterKey: Buffer, { nonce, ciphertext, context }: Sealed): string {
  const decipher = createDecipheriv(ALGORITHM, masterKey, Buffer.from(nonce, 'base64url'), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(ciphertext.subarray(-TAG_BYTES));
  try {
    return decipher.update(ciphertext.subarray(0, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch (cause) {
    throw new Error('a stored secret cannot be opened with this master key', { cause });
  }
}
