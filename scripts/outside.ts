import { nowhere } from "../generators/bare-metal/outside.js";
import { milliseconds } from "../generators/settings/index.js";
import { Failure, Misuse } from "./lib/failure.js";
import { outsideFolder, said } from "./lib/outside/index.js";
import { portFrom } from "./lib/poc/ports.js";
import { run } from "./lib/run.js";
import { whichCluster } from "./lib/which-cluster.js";

const usage = {
  command: "npm run outside",
  about:
    "Writes a folder with all that a Prometheus outside of a cluster needs, a token for it included. Once more, it writes a new\n" +
    "token into the same folder.",
  options: {
    context: { type: "string", takes: "NAME", about: "the cluster, out of your kubeconfig" },
    kubeconfig: { type: "string", takes: "FILE", about: "another kubeconfig" },
    into: { type: "string", takes: "FOLDER", about: "the folder; without it one in dist/outside/" },
    port: { type: "string", default: `${nowhere.port}`, takes: "PORT", about: "where Prometheus is to listen" },
    "token-lifetime": { type: "string", default: "90d", takes: "TIME", about: "how long the token is good for" },
    namespace: { type: "string", takes: "NAME", about: "where the ServiceAccount is; without it where one is found" },
    cluster: { type: "string", takes: "LABEL", about: "the external label; without it the name of the context" },
    "insecure-kubelet-tls": { type: "boolean", default: false, about: "does not check the kubelets' certificates" },
  },
  example: "npm run outside -- --context NAME --into prometheus",
} as const;

await run(usage, async ({ values: { context, kubeconfig, port, ...values } }) => {
  if (context === undefined && kubeconfig === undefined) {
    throw new Misuse("no cluster is named: kubectl config get-contexts lists the names");
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
