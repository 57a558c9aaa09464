/**
 * The part of Alertmanager's configuration that this bundle uses, in Alertmanager's own words; amtool is the authority.
 *
 * Source: https://prometheus.io/docs/alerting/latest/configuration/
 */
export interface AlertmanagerConfig {
  readonly route: Route;
  readonly inhibit_rules: readonly InhibitRule[];
  readonly receivers: readonly Receiver[];
}

export interface Route {
  readonly receiver: string;
  readonly matchers?: readonly string[];
  readonly group_by?: readonly string[];
  readonly group_wait?: string;
  readonly group_interval?: string;
  readonly repeat_interval?: string;
  readonly routes?: readonly Route[];
}

export interface InhibitRule {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

/** A receiver without any integration tells nobody. */
export interface Receiver {
  readonly name: string;
  readonly [integrations: `${string}_configs`]: readonly object[];
}
