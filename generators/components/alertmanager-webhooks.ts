import type { IStatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import { receiversFolder, receiversSecret as secretName, webhooks } from "../alertmanager/config.js";
import { configFiles } from "../alertmanager/index.js";
import { alertmanagerName as name } from "../alertmanager/pod.js";
import type { Component } from "../lib/base-and-component.js";
import { merging } from "../lib/patch.js";
import type { Settings } from "../settings/index.js";

const source = "generators/components/alertmanager-webhooks.ts";

/**
 * Alertmanager calls a webhook for each receiver that the settings do not name, at the addresses in a Secret: its keys
 * `critical-url`, `warning-url` and `watchdog-url`.
 */
export function alertmanagerWebhooks(settings: Settings): Component {
  const { namespace } = settings;
  return {
    name: "alertmanager-webhooks",
    source,
    about: `Tells webhooks; their addresses are in the Secret ${secretName}.`,
    replaces: [configFiles(webhooks(settings), source, namespace)],
    patches: [
      merging<IStatefulSet>("receivers", {
        apiVersion: "apps/v1",
        kind: "StatefulSet",
        metadata: { name, namespace },
        spec: {
          template: {
            spec: {
              containers: [{ name, volumeMounts: [{ name: "receivers", mountPath: receiversFolder }] }],
              volumes: [{ name: "receivers", secret: { secretName } }],
            },
          },
        },
      }),
    ],
  };
}
