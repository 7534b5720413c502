/** Who a request acts for, once it is authenticated, contract §1. */
export interface Caller {
  /** The app that signed. */
  readonly app: { readonly id: number; readonly clientId: string };
  /** The team the token names; every query is scoped by it. */
  readonly team: { readonly id: number; readonly uuid: string };
  readonly userId: number | null;
  readonly scopes: ReadonlySet<string>;
}
