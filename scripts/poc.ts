import { usualPorts } from "../generators/bare-metal/proof-of-concept.js";
import { port } from "../generators/prometheus/pod.js";
import { Failure } from "./lib/failure.js";
import { poc } from "./lib/poc/index.js";
import { portFrom, requireFree } from "./lib/poc/ports.js";
import { run } from "./lib/run.js";
import { projectSettings } from "./lib/settings.js";

const usage = {
  command: "npm run poc",
  about: "Prometheus and node-exporter on this machine, without any cluster, until Ctrl-C.",
  options: {
    once: { type: "boolean", default: false, about: "ends as soon as both are scraped" },
    load: { type: "boolean", default: false, about: "keeps one core busy" },
    port: { type: "string", default: `${port.number}`, takes: "PORT", about: "where Prometheus listens" },
    "node-exporter-port": {
      type: "string",
      takes: "PORT",
      about: "where node-exporter listens; without it that of the settings",
    },
  },
  exits: {
    129: "its terminal is gone",
    130: "Ctrl-C came before `--once` had an answer",
    143: "it was ended by SIGTERM",
  },
  example: "npm run poc -- --load",
} as const;

await run(usage, async ({ values }) => {
  const { nodeExporter } = usualPorts(projectSettings());
  const ports = {
    prometheus: portFrom(values.port, "--port"),
    nodeExporter: portFrom(values["node-exporter-port"] ?? `${nodeExporter}`, "--node-exporter-port"),
  };
  if (ports.prometheus === ports.nodeExporter)
    throw new Failure(`--port and --node-exporter-port are both ${ports.prometheus}`, "choose two different ports");
  await requireFree(ports.prometheus, "npm run poc -- --port PORT");
  await requireFree(ports.nodeExporter, "npm run poc -- --node-exporter-port PORT");
  await poc({ ports, once: values.once, load: values.load });
});
