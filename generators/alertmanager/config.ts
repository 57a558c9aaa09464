import { because } from "../lib/because.js";
import { alertsOff } from "../prometheus/rules/chosen.js";
import type { Settings } from "../settings/index.js";
import type { AlertmanagerConfig, InhibitRule, Receiver, Route } from "./types.js";

/** The receivers: one for what cannot wait, one for working hours, and one that waits for a sign of life. */
export const receivers = ["critical", "warning", "watchdog"] as const;

/** Secret with the addresses and passwords of the receivers. */
export const receiversSecret = "alertmanager-receivers";

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
};

/** Asked before the routes of the settings. */
const first: readonly Route[] = [
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
];

const bySeverity: Route = { matchers: ['severity="critical"'], receiver: "critical" };

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

/** The settings that this reads. */
interface Chosen extends Pick<Settings, "alerts"> {
  readonly alertmanager: Settings["alertmanager"];
}

/** alertmanager.yml that tells whom the settings name, and nobody else, so that nobody believes it was set up. */
export function silent(settings: Chosen): AlertmanagerConfig {
  const config = withReceivers(settings, (name) => ({ name }));
  if (receivers.every((name) => name in settings.alertmanager.receivers)) return config;
  return because(config, {
    receivers:
      "A receiver without an address tells nobody: the setting alertmanager.receivers gives it one, or components/alertmanager-webhooks.",
  });
}

/** alertmanager.yml that calls a webhook for each receiver that the settings do not name; its address is in the file `<receiver>-url`. */
export function webhooks(settings: Chosen): AlertmanagerConfig {
  return withReceivers(settings, (name) => ({
    name,
    webhook_configs: [{ url_file: `${receiversFolder}/${name}-url`, send_resolved: true }],
  }));
}

/** Whether a receiver of the settings reads a file of the Secret. */
export function readsSecret({ alertmanager }: Pick<Chosen, "alertmanager">): boolean {
  return JSON.stringify(alertmanager.receivers).includes(`"${receiversFolder}/`);
}

function withReceivers(settings: Chosen, otherwise: (name: string) => Receiver): AlertmanagerConfig {
  const { receivers: chosen, routes } = settings.alertmanager;
  const off = alertsOff(settings);
  const isThere = (matchers: readonly string[] = []) => !off.some((alert) => matchers.includes(`alertname="${alert}"`));
  const named = ([name, integrations]: readonly [string, object]): Receiver => ({ name, ...integrations });
  const more = Object.entries(chosen).filter(([name]) => !receivers.some((one) => one === name));
  return {
    route: {
      ...route,
      routes: [...first.filter(({ matchers }) => isThere(matchers)), ...(routes as unknown as Route[]), bySeverity],
    },
    inhibit_rules: inhibitRules.filter(({ source_matchers }) => isThere(source_matchers)),
    receivers: [
      ...receivers.map((name) => (chosen[name] === undefined ? otherwise(name) : named([name, chosen[name]]))),
      ...more.map(named),
      { name: nobody },
    ],
  };
}
