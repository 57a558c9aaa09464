import { parseArgs } from "node:util";
import { usualPorts } from "../generators/bare-metal/proof-of-concept.js";
import { defaults } from "../generators/settings/index.js";
import { Failure, run } from "./lib/failure.js";
import { poc } from "./lib/poc/index.js";
import { portFrom, requireFree } from "./lib/poc/ports.js";

/**
 * `npm run poc`: Prometheus and node-exporter on this machine, without any cluster, until Ctrl-C. `--once` ends it as
 * soon as both are scraped, `--load` keeps one core busy, `--port` and `--node-exporter-port` choose other ports.
 */
await run(async () => {
  const usual = usualPorts(defaults);
  const { values } = parseArgs({
    options: {
      once: { type: "boolean", default: false },
      load: { type: "boolean", default: false },
      port: { type: "string", default: `${usual.prometheus}` },
      "node-exporter-port": { type: "string", default: `${usual.nodeExporter}` },
    },
  });
  const ports = {
    prometheus: portFrom(values.port, "--port"),
    nodeExporter: portFrom(values["node-exporter-port"], "--node-exporter-port"),
  };
  if (ports.prometheus === ports.nodeExporter)
    throw new Failure(`--port and --node-exporter-port are both ${ports.prometheus}`, "choose two different ports");
  await requireFree(ports.prometheus, "npm run poc -- --port PORT");
  await requireFree(ports.nodeExporter, "npm run poc -- --node-exporter-port PORT");
  await poc({ ports, once: values.once, load: values.load });
});
