/** One thing that must be scraped exactly once. */
export interface ExpectedTarget {
  /** Whose it is: `node worker-1`, `pod prometheus-0`. */
  readonly owner: string;
  /**
   * Each `host:port` at which it can be scraped. More than one where the cluster speaks IPv4 and IPv6: a target at one of
   * them is right, a target at each would scrape the same thing twice.
   */
  readonly addresses: readonly string[];
  readonly path: string;
  /** False for an endpoint that is not ready: a target for it may be there, and may be missing. */
  readonly required: boolean;
  /** What the cluster itself says is wrong with the owner, and the command that tells more. */
  readonly trouble?: { readonly reason: string; readonly command: string };
}
