/** What one process tells the others, so that they need not find out for themselves. */
export type Notice =
  /** Tokens were ended: none may be taken as it was read before. */
  | { readonly about: 'tokens-ended' }
  /** An address, under its private name, failed authentication too often, and is refused for a while. */
  | { readonly about: 'address-refused'; readonly address: string; readonly forMs: number };

/** A notice from what another process sent; undefined for one that this version does not know. */
export function parseNotice(value: unknown): Notice | undefined {
  if (typeof value !== 'object' || value === null || !('about' in value)) return undefined;
  if (value.about === 'tokens-ended') return { about: value.about };
  if (value.about !== 'address-refused' || !('address' in value) || !('forMs' in value)) return undefined;
  const { about, address, forMs } = value;
  return typeof address === 'string' && typeof forMs === 'number' ? { about, address, forMs } : undefined;
}

/** Takes what another process told. */
export type NoticeListener = (notice: Notice) => void;
