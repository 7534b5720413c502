/** What tells a signed request from every other. It is stored with the request's effect, once in a team, contract §1.1. */
export interface RequestMark {
  /** The request's own time, in milliseconds since 1970. */
  readonly signedAt: number;
  /** The first 128 bits of its signature, hex: enough to tell requests apart, and of no use to a forger. */
  readonly signature: string;
}

/** A mark with the team that the request acts for, which its signature does not cover. */
export interface TeamMark extends RequestMark {
  readonly teamId: number;
}
