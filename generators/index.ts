import { alertmanager } from "./alertmanager/index.js";
import { outsideAccess, prometheusOutside } from "./bare-metal/access.js";
import { outside } from "./bare-metal/outside.js";
import { proofOfConcept } from "./bare-metal/proof-of-concept.js";
import { blackboxExporter as prober } from "./blackbox-exporter/index.js";
import { agent } from "./components/agent.js";
import { agentOnNodes, agentOnNodesNetworkPolicies } from "./components/agent-on-nodes.js";
import { alertmanagerHa } from "./components/alertmanager-ha.js";
import { alertmanagerWebhooks } from "./components/alertmanager-webhooks.js";
import { annotatedWorkloads } from "./components/annotated-workloads.js";
import { basicAuth } from "./components/basic-auth.js";
import { blackboxExporter } from "./components/blackbox-exporter.js";
import { etcdClientCertificate } from "./components/etcd-client-certificate.js";
import { gateway } from "./components/gateway.js";
import { grafana, grafanaAnonymousViewer, grafanaNetworkPolicies } from "./components/grafana.js";
import { ingress } from "./components/ingress.js";
import { insecureControlPlaneTls } from "./components/insecure-control-plane-tls.js";
import { insecureKubeletPathsTls, insecureKubeletTls } from "./components/insecure-kubelet-tls.js";
import { jobComponents } from "./components/job.js";
import { kubeStateMetricsShards } from "./components/kube-state-metrics-shards.js";
import { lean } from "./components/lean.js";
import { namespacedAccess } from "./components/namespaced-access.js";
import { nativeHistograms } from "./components/native-histograms.js";
import { networkPolicies } from "./components/network-policies.js";
import { platformComponent } from "./components/platform.js";
import { prometheusHa } from "./components/prometheus-ha.js";
import { remoteWrite, remoteWriteEndpoint } from "./components/remote-write.js";
import { sharded } from "./components/sharded.js";
import { scrapedParts, thanos, thanosNetworkPolicies } from "./components/thanos.js";
import { ownAccess, ownJobs } from "./derive/own-jobs.js";
import { grafana as grafanaBase } from "./grafana/index.js";
import { kubeStateMetrics } from "./kube-state-metrics/index.js";
import { type Base, type Component, textOf } from "./lib/base-and-component.js";
import { type Files, layOut } from "./lib/lay-out.js";
import { board, rulesOf } from "./lib/listing.js";
import { readme } from "./lib/readme.js";
import { namespace } from "./namespace/index.js";
import { nodeExporter } from "./node-exporter/index.js";
import { noFiles, type OwnFiles, withOwnFiles } from "./own-files.js";
import { platforms } from "./platforms/index.js";
import { accessElsewhere, additionalElsewhere, additionalGrants, ownElsewhere } from "./prometheus/access.js";
import { prometheus } from "./prometheus/index.js";
import { reached } from "./prometheus/scrape/index.js";
import { optionalJobs } from "./prometheus/scrape/optional.js";
import type { Settings } from "./settings/index.js";
import { switchedOffText } from "./switched-off.js";

/**
 * The stack as an overlay finds it: its bases.
 *
 * @param own bases of your own, behind the others
 * @param files rules, jobs and dashboards of your own
 */
export function stack(settings: Settings, own: readonly Base[] = [], files = noFiles): readonly Base[] {
  return withOwnFiles([...bases(settings, files), ...own], files);
}

/**
 * The same as Kustomize gets it: with what it reads while it builds, the rules by which an overlay lists Components among it.
 *
 * @param own bases of your own, behind the others
 * @param files rules, jobs and dashboards of your own
 */
export function stackForKustomize(settings: Settings, own: readonly Base[] = [], files = noFiles): readonly Base[] {
  const all = stack(settings, own, files);
  return withWhatIsRead(all, components(settings, all), settings);
}

function withWhatIsRead(all: readonly Base[], optional: readonly Component[], settings: Settings): readonly Base[] {
  const read = [board(optional, settings.namespace), remoteWriteEndpoint(settings)];
  return all.map((one) => (one.name === "prometheus" ? { ...one, objects: [...one.objects, ...read] } : one));
}

/** Every rule by which an overlay lists Components, as a sentence, by the key that Kustomize shows where one is broken. */
export function listingRules(settings: Settings): ReadonlyMap<string, string> {
  return rulesOf(components(settings));
}

/** The bases, in the order in which they are applied. A base of your own is one more line. */
function bases(settings: Settings, files: OwnFiles): readonly Base[] {
  return [
    namespace(settings),
    prometheus(settings, ownJobs(files.scrape).flatMap(ownAccess)),
    nodeExporter(settings),
    kubeStateMetrics(settings),
    alertmanager(settings),
  ];
}

/**
 * What an overlay may switch on.
 *
 * @param files rules, jobs and dashboards of your own
 */
export function components(settings: Settings, bases = stack(settings), files = noFiles): readonly Component[] {
  const grafanaItself = grafanaBase(settings, files.dashboards);
  const own = ownJobs(files.scrape);
  const ofJobs = jobComponents(settings, [...bases, grafanaItself, prober(settings), ...scrapedParts(settings)]);
  const apart = [
    agent(settings),
    agentOnNodesNetworkPolicies(settings),
    alertmanagerHa(settings),
    alertmanagerWebhooks(settings),
    annotatedWorkloads(settings, ofJobs),
    basicAuth(settings),
    blackboxExporter(settings, bases, ofJobs),
    etcdClientCertificate(settings, bases),
    gateway(settings),
    grafana(settings, grafanaItself),
    grafanaAnonymousViewer(settings),
    grafanaNetworkPolicies(settings, bases, grafanaItself),
    ingress(settings),
    insecureControlPlaneTls(settings),
    insecureKubeletTls(settings),
    insecureKubeletPathsTls(settings),
    kubeStateMetricsShards(settings),
    lean(settings),
    ...optionalJobs(settings).map(ofJobs),
    namespacedAccess(settings, own.flatMap(ownAccess)),
    nativeHistograms(settings),
    networkPolicies(settings, bases, own),
    ...platforms.map((platform) => platformComponent(settings, platform, ofJobs)),
    prometheusHa(settings),
    remoteWrite(settings),
    thanos(settings, ofJobs),
    thanosNetworkPolicies(settings, [...bases, grafanaItself]),
  ];
  return [...apart, agentOnNodes(settings, bases, apart), sharded(settings, withOwnFiles(bases, files), apart)];
}

/** What Prometheus may see of other namespaces, as a base for each job and namespace: for `components/namespaced-access`. */
export function elsewhere(settings: Settings, files = noFiles): readonly Base[] {
  const jobs = reached(settings);
  return [
    ...accessElsewhere(jobs, settings.namespace),
    ...ownElsewhere(ownJobs(files.scrape).flatMap(ownAccess), jobs, settings.namespace),
    ...optionalJobs(settings).flatMap((optional) =>
      additionalElsewhere(optional.component, additionalGrants(optional.jobs, jobs), settings.namespace),
    ),
  ];
}

/**
 * Every file of `base/`, by its path below it.
 *
 * @param own bases of your own, behind the others
 * @param files rules, jobs and dashboards of your own
 */
export function base(settings: Settings, own: readonly Base[] = [], files = noFiles): Files {
  const optional = components(settings, stack(settings, own), files);
  const all = withWhatIsRead(stack(settings, own, files), optional, settings);
  const apart = [...elsewhere(settings, files), prometheusOutside(settings), ...outsideAccess(settings)];
  const laidOut = layOut("generators/index.ts", all, optional, apart);
  const standalone = proofOfConcept(settings);
  const bareMetal = new Map([[standalone.name, textOf(standalone)], ...outside(settings)]);
  return new Map([
    ["README.md", readme(all, apart, optional, switchedOffText(settings))],
    ...laidOut,
    ...[...bareMetal].map(([path, text]): [string, string] => [`bare-metal/${path}`, text]),
  ]);
}
