import type { IStatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import type { IContainer } from "kubernetes-models/v1/Container";
import type { IProbe } from "kubernetes-models/v1/Probe";
import { configMap as alertmanagerConfigMap } from "../alertmanager/index.js";
import { alertmanagerName, folders, ports } from "../alertmanager/pod.js";
import type { Component, ConfigFile } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { labels } from "../lib/labels.js";
import { merging, type Part } from "../lib/patch.js";
import { config } from "../prometheus/config.js";
import { configFiles, scrapeFiles } from "../prometheus/index.js";
import { paths } from "../prometheus/paths.js";
import { configMaps, port, webSecret } from "../prometheus/pod.js";
import { alertmanager } from "../prometheus/scrape/alertmanager.js";
import { prometheusItself } from "../prometheus/scrape/prometheus.js";
import type { Settings } from "../settings/index.js";
import { changedPod } from "./changed-pod.js";

const name = "basic-auth";
const source = "generators/components/basic-auth.ts";

const volumes = [{ name: "web", secret: { secretName: webSecret } }];
const clientFile = "http-client.yml";

/** Where the Secret is in Prometheus' container, and in Alertmanager's. */
const web = { prometheus: "/etc/prometheus/web", alertmanager: "/etc/alertmanager/web" };

/**
 * Prometheus and Alertmanager ask for a name and a password. That includes each other, and the kubelet, whose HTTP
 * probes know none: promtool and amtool ask in their place.
 */
export function basicAuth(settings: Settings): Component {
  const { namespace } = settings;
  const login = loginFrom(web.prometheus);
  return {
    name,
    source,
    about: `Has Prometheus and Alertmanager ask for a name and a password; these are in the Secret ${webSecret}.`,
    after: ["prometheus-ha"],
    adds: [
      {
        name: configMaps.config,
        namespace,
        labels: labels("prometheus", "server"),
        folder: "",
        files: [client(web.prometheus)],
      },
      alertmanagerConfigMap([client(web.alertmanager)], "alertmanager", namespace),
    ],
    replaces: [
      configFiles(config(settings, login), source, namespace),
      scrapeFiles([prometheusItself(login), alertmanager(login)], settings),
    ],
    patches: [
      changedPod(
        namespace,
        {
          ...withWebConfig(web.prometheus),
          startupProbe: promtool("ready"),
          readinessProbe: promtool("ready"),
          livenessProbe: promtool("healthy"),
        },
        volumes,
      ),
      merging<IStatefulSet>("alertmanager", {
        apiVersion: "apps/v1",
        kind: "StatefulSet",
        metadata: { name: alertmanagerName, namespace },
        spec: {
          template: {
            spec: {
              containers: [
                {
                  name: alertmanagerName,
                  ...withWebConfig(web.alertmanager),
                  readinessProbe: amtool(),
                  livenessProbe: amtool(),
                },
              ],
              volumes,
            },
          },
        },
      }),
    ],
  };
}

/** Read anew for each request, so that a password may change. */
function loginFrom(folder: string) {
  return { basic_auth: { username_file: `${folder}/username`, password_file: `${folder}/password` } };
}

/** How a program in the same container logs in. */
function client(folder: string): ConfigFile {
  return { name: clientFile, source, content: loginFrom(folder) };
}

function withWebConfig(folder: string): Part<Pick<IContainer, "env" | "volumeMounts">> {
  return {
    env: [{ name: "WEB_CONFIG_FILE", value: `${folder}/web-config.yml` }],
    volumeMounts: [{ name: "web", mountPath: folder }],
  };
}

function promtool(question: "ready" | "healthy"): Part<IProbe> {
  const url = `--url=http://localhost:${port.number}`;
  const login = `--http.config.file=${paths.config}/${clientFile}`;
  return asking(["/bin/promtool", "check", question, url, login]);
}

function amtool(): Part<IProbe> {
  const url = `--alertmanager.url=http://localhost:${ports.http}`;
  const login = `--http.config.file=${folders.config}/${clientFile}`;
  return asking(["/bin/amtool", "cluster", "show", url, login]);
}

function asking(command: string[]): Part<IProbe> {
  return because(
    { httpGet: null, exec: { command }, timeoutSeconds: 10 },
    {
      httpGet: "The kubelet knows no password, so a program of the image asks in its place.",
      timeoutSeconds: "To start a program takes longer than a request, most of all on a busy node.",
    },
  );
}
