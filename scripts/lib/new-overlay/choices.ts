import { Failure } from "../failure.js";
import { featuresOf, type Offer, platformsOf } from "./components.js";
import type { Plan } from "./files.js";

/** What the user says about an overlay, as text; what is not said is asked for, or taken as it usually is. */
export interface Answers {
  readonly platform: string;
  readonly namespace: string;
  readonly nodeExporterNamespace: string;
  readonly storageClass: string;
  readonly volumeSize: string;
  /** `none` where the CNI does what kube-proxy does elsewhere. */
  readonly kubeProxy: string;
  readonly features: string;
}

/** One question: what is asked, and the answer of someone who just presses Enter. */
interface Question {
  readonly answer: keyof Answers;
  readonly text: string;
  readonly usually: string;
}

/** What there is to ask about an overlay of this bundle. */
export function questions(offer: Offer): readonly Question[] {
  const platforms = platformsOf(offer);
  return [
    ...(platforms.length === 0
      ? []
      : [{ answer: "platform" as const, text: `platform: ${["other", ...platforms].join(", ")}`, usually: "other" }]),
    { answer: "namespace", text: "namespace", usually: "monitoring" },
    {
      answer: "nodeExporterNamespace",
      text: "namespace of node-exporter's own, for Pod Security `restricted` in the other one: a name, or same",
      usually: "same",
    },
    {
      answer: "storageClass",
      text: "where samples are kept: none (on the node, gone with the pod), default, or the name of a StorageClass",
      usually: "none",
    },
    { answer: "volumeSize", text: "size of the volume", usually: "50Gi" },
    {
      answer: "kubeProxy",
      text: "kube-proxy: yes, or none where the CNI does its work, as Cilium can and Talos often has it",
      usually: "yes",
    },
    {
      answer: "features",
      text: `${featuresOf(offer)
        .map(({ name, about }) => `${name}: ${about}\n`)
        .join("")}features, with commas between them, or none`,
      usually: "none",
    },
  ];
}

/** @throws Failure that names the answer that cannot be, and says which could. */
export function planOf(name: string, answers: Answers, offer: Offer): Plan {
  requireName(name, "the overlay");
  const { namespace } = answers;
  requireNamespace(namespace);
  const own = answers.nodeExporterNamespace === "same" ? undefined : answers.nodeExporterNamespace;
  if (own !== undefined) requireNamespace(own);
  if (own === namespace) {
    throw new Failure(`node-exporter's own namespace is ${own} too`, "give it another name, or same");
  }
  const features = listOf(answers.features);
  for (const feature of features) requireFeature(feature, offer);
  const platform = withoutKubeProxy(platformOf(answers.platform, offer), answers.kubeProxy, offer);
  const volume = volumeOf(answers);
  const onVolumes = ["prometheus-ha", "sharded", "thanos"].find((feature) => features.includes(feature));
  if (volume === undefined && onVolumes !== undefined) {
    throw new Failure(
      `${onVolumes} keeps samples on volumes`,
      "--storage-class default, or the name of a StorageClass",
    );
  }
  return {
    name,
    namespace,
    ...(own !== undefined && { nodeExporterNamespace: own }),
    ...(volume !== undefined && { volume }),
    components: [...platform, ...features],
  };
}

function listOf(text: string): string[] {
  return text === "none" ? [] : text.split(/[\s,]+/).filter(Boolean);
}

/** Source: RFC 1123, as Kubernetes takes it for the name of a namespace. */
function requireName(name: string, what: string): void {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return;
  throw new Failure(
    `${what} cannot be called ${JSON.stringify(name)}`,
    "small letters, digits and - between them, at most 63, such as staging-eu",
  );
}

function requireNamespace(name: string): void {
  requireName(name, "a namespace");
  if (name !== "default" && !name.startsWith("kube-")) return;
  throw new Failure(
    `namespace ${name} belongs to Kubernetes`,
    "choose one that has nothing else in it, such as monitoring",
  );
}

function requireFeature(feature: string, offer: Offer): void {
  const features = featuresOf(offer).map(({ name }) => name);
  if (features.includes(feature)) return;
  const { blanks = {} } = offer.components.find(({ name }) => name === feature) ?? {};
  const [page] = Object.values(blanks);
  if (page !== undefined) {
    throw new Failure(
      `${feature} leaves something for you to fill in: ${Object.keys(blanks).join(", ")}`,
      `make the overlay without it, list ../../base/components/${feature} then, and fill that in as ${page} shows`,
    );
  }
  throw new Failure(`there is no feature ${JSON.stringify(feature)}`, `features: ${features.join(", ")}`);
}

function platformOf(platform: string, offer: Offer): string[] {
  if (platform === "other") return [];
  const platforms = platformsOf(offer);
  if (platforms.includes(platform)) return [`platform-${platform}`];
  throw new Failure(
    `there is no platform ${JSON.stringify(platform)}`,
    `platforms: ${["other", ...platforms].join(", ")}`,
  );
}

/** Where kube-proxy does not run, its job would be down for ever: what else the platform has is listed one by one. */
function withoutKubeProxy(platform: readonly string[], kubeProxy: string, { components }: Offer): readonly string[] {
  if (kubeProxy !== "yes" && kubeProxy !== "none") {
    throw new Failure(`kube-proxy is ${JSON.stringify(kubeProxy)}`, "yes, or none where the CNI does its work");
  }
  const [listed] = components.filter(({ name }) => platform.includes(name));
  const { includes = [], adds = [] } = listed ?? {};
  if (listed === undefined || kubeProxy === "yes" || !includes.includes("kube-proxy")) return platform;
  if (adds.length > 0) {
    throw new Failure(
      `${listed.name} has jobs of its own beside that of kube-proxy`,
      "take platform other, and list what it has one by one: docs/platforms.md",
    );
  }
  return includes.filter((name) => name !== "kube-proxy");
}

/** The smallest volume on which the samples that a volume has room for are a whole GB. */
const smallest = 2;

function volumeOf({ storageClass, volumeSize }: Answers): Plan["volume"] {
  if (storageClass === "none") return undefined;
  // Source: the names of objects are DNS subdomains, as RFC 1123 has them.
  if (!/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(storageClass)) {
    throw new Failure(
      `no StorageClass can be called ${JSON.stringify(storageClass)}`,
      "none, default, or a name out of: kubectl get storageclass",
    );
  }
  const [, number, unit] = /^([1-9]\d{0,5})(Gi|Ti)$/.exec(volumeSize) ?? [];
  const size = Number(number) * (unit === "Ti" ? 1024 : 1);
  if (!(size >= smallest)) {
    throw new Failure(
      `the volume's size is ${JSON.stringify(volumeSize)}`,
      `a whole number of Gi or Ti, at least ${smallest}Gi`,
    );
  }
  return { size, ...(storageClass !== "default" && { storageClass }) };
}
