import { because } from "../lib/because.js";
import type { AlertmanagerConfig, InhibitRule, Receiver, Route } from "./types.js";

/** The receivers: one for what cannot wait, one for working hours, and one that waits for a sign of life. */
export const receivers = ["critical", "warning", "watchdog"] as const;

/** Folder in the container where the Secret with the receivers' addresses is mounted. */
export const receiversFolder = "/etc/alertmanager/receivers";

/** Tells nobody. For alerts that only inhibit others, and for alerts that people look up. */
const nobody = "nobody";

const route: Route = {
  receiver: "warning",
  group_by: ["cluster", "alertname", "namespace"],
  group_wait: "30s",
  group_interval: "5m",
  repeat_interval: "12h",
  routes: [
    because<Route>(
      {
        matchers: ['alertname="Watchdog"'],
        receiver: "watchdog",
        group_wait: "0s",
        group_interval: "1m",
        repeat_interval: "1m",
      },
      "A dead man's switch: whoever receives it raises the alarm when it stops coming.",
    ),
    because<Route>(
      { matchers: ['severity="none"'], receiver: nobody },
      "These only hold back others, as InfoInhibitor does.",
    ),
    because<Route>(
      { matchers: ['severity="info"'], receiver: "warning", group_wait: "2m" },
      "Beside something worse they explain it. By themselves they are held back, for which InfoInhibitor has to arrive first: hence the wait.",
    ),
    { matchers: ['severity="critical"'], receiver: "critical" },
  ],
};

/** Labels by which two alerts are about the same thing. */
export const sameThing: readonly string[] = [
  "cluster",
  "alertname",
  "namespace",
  "job",
  "instance",
  "node",
  "device",
  "mountpoint",
  "persistentvolumeclaim",
  "pod",
  "container",
  "integration",
  "receiver_name",
  "module",
];

const inhibitRules: readonly InhibitRule[] = [
  because<InhibitRule>(
    { source_matchers: ['severity="critical"'], target_matchers: ['severity=~"warning|info"'], equal: sameThing },
    {
      equal:
        "Alerts about the same thing: these are all labels that tell alerts of one name apart. One that neither has counts as equal.",
    },
  ),
  { source_matchers: ['severity="warning"'], target_matchers: ['severity="info"'], equal: sameThing },
  because<InhibitRule>(
    {
      source_matchers: ['alertname="InfoInhibitor"', 'namespace!=""'],
      target_matchers: ['severity="info"'],
      equal: ["cluster", "namespace"],
    },
    "InfoInhibitor fires where info alerts do and nothing worse does: nobody is told of them by themselves.",
  ),
  {
    source_matchers: ['alertname="InfoInhibitor"', 'namespace=""'],
    target_matchers: ['severity="info"'],
    equal: ["cluster", "namespace", "node"],
  },
];

/**
 * alertmanager.yml that tells nobody, so that nobody believes it was set up.
 *
 * @param off names of alerts that there are none of
 */
export function silent(off: readonly string[] = []): AlertmanagerConfig {
  return because(
    withReceivers((name) => ({ name }), off),
    {
      receivers:
        "A receiver without an address tells nobody: an overlay gives them some, as components/alertmanager-webhooks does.",
    },
  );
}

/**
 * alertmanager.yml that calls a webhook per receiver, whose address is in the file `<receiver>-url`.
 *
 * @param off names of alerts that there are none of
 */
export function webhooks(off: readonly string[] = []): AlertmanagerConfig {
  return withReceivers(
    (name) => ({ name, webhook_configs: [{ url_file: `${receiversFolder}/${name}-url`, send_resolved: true }] }),
    off,
  );
}

function withReceivers(receiver: (name: string) => Receiver, off: readonly string[]): AlertmanagerConfig {
  const isThere = (matchers: readonly string[] = []) => !off.some((alert) => matchers.includes(`alertname="${alert}"`));
  return {
    route: { ...route, routes: (route.routes ?? []).filter(({ matchers }) => isThere(matchers)) },
    inhibit_rules: inhibitRules.filter(({ source_matchers }) => isThere(source_matchers)),
    receivers: [...receivers.map(receiver), { name: nobody }],
  };
}
