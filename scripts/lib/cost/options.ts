import { Failure, Misuse } from "../failure.js";
import { isPackage } from "../project.js";
import { addressFrom } from "../prometheus.js";
import type { Said } from "../run.js";

/** The verb `npm run cost`. */
export const usage = {
  command: "npm run cost",
  about:
    "Shows what monitoring costs: series and bytes of each job, and which of them rules and dashboards read. With --replay it plays\n" +
    "recorded targets to two Prometheus, one with everything and one with lean and native-histograms, and fails when a query\n" +
    "does not give the same in both.",
  options: {
    overlay: {
      type: "string",
      takes: "FOLDER",
      about: "what the cluster runs; without it overlays/devbox, or the only one",
    },
    context: { type: "string", takes: "NAME", about: "a cluster of yours; without it the embedded one" },
    kubeconfig: { type: "string", takes: "FILE", about: "another kubeconfig" },
    prometheus: { type: "string", takes: "URL", about: "a Prometheus that answers here" },
    replay: { type: "boolean", default: false, about: "needs no cluster, and takes about two minutes" },
    html: { type: "string", takes: "FILE", about: "writes the bill as a page of HTML too" },
    nodes: { type: "string", takes: "N", about: "of the cluster to estimate; without it those that there are" },
    pods: { type: "string", takes: "P", about: "of the cluster to estimate; without it those that there are" },
    days: { type: "string", default: "15", takes: "D", about: "for which samples are kept" },
  },
  exits: { 0: "the bill is there, and with --replay nothing is lost" },
  example: "npm run cost -- --context NAME --overlay overlays/prod --nodes 100 --pods 3000",
} as const;

/** What the options ask for. @throws Misuse or Failure that names the wrong one. */
export function asked(values: Said<(typeof usage)["options"]>["values"]) {
  const { replay: replays } = values;
  if (replays && isPackage) {
    throw new Failure("what --replay plays is not in the package", "run it in a clone of plain-prometheus");
  }
  const said = (...options: (keyof typeof values)[]) => options.find((option) => values[option] !== undefined);
  const live = said("overlay", "context", "kubeconfig", "prometheus");
  if (replays && live !== undefined) {
    throw new Misuse(`--replay asks recorded targets, and --${live} is about what runs: leave one out`);
  }
  const cluster = said("context", "kubeconfig");
  if (values.prometheus !== undefined && cluster !== undefined) {
    throw new Misuse(`--prometheus is asked at its address, and --${cluster} names a cluster: leave one out`);
  }
  return {
    ...values,
    prometheus: values.prometheus === undefined ? undefined : addressFrom("--prometheus", values.prometheus),
    nodes: whole("--nodes", values.nodes),
    pods: whole("--pods", values.pods),
    days: whole("--days", values.days),
  };
}

function whole(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Failure(`${option} is ${JSON.stringify(text)}`, "a whole number of at least 1, such as 100");
}
