import { parseArgs } from "node:util";
import { nowhere } from "../generators/bare-metal/outside.js";
import { milliseconds } from "../generators/settings/index.js";
import { Failure, run } from "./lib/failure.js";
import { outsideFolder, said } from "./lib/outside/index.js";
import { portFrom } from "./lib/poc/ports.js";
import { whichCluster } from "./lib/which-cluster.js";

const usage =
  "npm run outside -- --context NAME [--kubeconfig FILE] [--into FOLDER] [--port PORT] [--token-lifetime 90d] [--namespace NAME] [--cluster LABEL] [--insecure-kubelet-tls]";

/**
 * `npm run outside -- --context NAME`: writes a folder with all that a Prometheus outside of that cluster needs, a token
 * for it included. Once more, it writes a new token into the same folder.
 */
await run(async () => {
  const { context, kubeconfig, port, ...values } = options();
  if (context === undefined && kubeconfig === undefined) {
    throw new Failure("no cluster is named", `${usage}; kubectl config get-contexts lists the names`);
  }
  const lifetime = values["token-lifetime"];
  if (!/^(\d+(ms|[ywdhms]))+$/.test(lifetime) || milliseconds(lifetime) < 600_000) {
    throw new Failure(
      `--token-lifetime is ${JSON.stringify(lifetime)}`,
      'say it as Prometheus does, at least "10m", such as "90d"',
    );
  }
  const target = { ...(context !== undefined && { context }), ...(kubeconfig !== undefined && { kubeconfig }) };
  const written = await outsideFolder({
    kubectl: await whichCluster(target),
    ...(values.into !== undefined && { folder: values.into }),
    port: portFrom(port, "--port"),
    lifetimeSeconds: Math.round(milliseconds(lifetime) / 1000),
    kubeletTls: values["insecure-kubelet-tls"] ? "insecure" : "verified",
    again: ["npm run outside --", ...process.argv.slice(2)].join(" "),
    ...(values.namespace !== undefined && { namespace: values.namespace }),
    ...(values.cluster !== undefined && { cluster: values.cluster }),
  });
  console.log(said(written));
});

function options() {
  try {
    return parseArgs({
      options: {
        context: { type: "string" },
        kubeconfig: { type: "string" },
        into: { type: "string" },
        port: { type: "string", default: `${nowhere.port}` },
        "token-lifetime": { type: "string", default: "90d" },
        namespace: { type: "string" },
        cluster: { type: "string" },
        "insecure-kubelet-tls": { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new Failure((error as Error).message, usage);
  }
}
