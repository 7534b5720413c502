/** Who makes a change of a customer, and with which request; all of it is unknown of changes made before there was a history. */
export interface Author {
  /** The app that acts. */
  readonly appId?: number | undefined;
  /** The person that acts, in the console. */
  readonly userId?: number | undefined;
  /** The import that the change belongs to. */
  readonly importUuid?: string | undefined;
  readonly requestId?: string | undefined;
}

/** An author as it stands in a row: short, since each customer has one. The request's id may have any character, and is last. */
export function authorText({ appId, userId, importUuid, requestId }: Author): string {
  return `${appId ?? ''}|${userId ?? ''}|${importUuid ?? ''}|${requestId ?? ''}`;
}

const FORM = /^(\d*)\|(\d*)\|([0-9a-f-]*)\|(.*)$/s;

/** The author of a row. */
export function parseAuthorText(text: string): Author {
  const [, appId, userId, importUuid, requestId] = FORM.exec(text) ?? [];
  return {
    appId: appId ? Number(appId) : undefined,
    userId: userId ? Number(userId) : undefined,
    importUuid: importUuid || undefined,
    requestId: requestId || undefined,
  };
}
