import { alertmanager } from "./alertmanager/index.js";
import { outsideAccess, prometheusOutside } from "./bare-metal/access.js";
import { outside } from "./bare-metal/outside.js";
import { proofOfConcept } from "./bare-metal/proof-of-concept.js";
import { blackboxExporter as prober } from "./blackbox-exporter/index.js";
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
import { jobFeatures } from "./components/job.js";
import { namespacedAccess } from "./components/namespaced-access.js";
import { networkPolicies } from "./components/network-policies.js";
import { platformFeature } from "./components/platform.js";
import { prometheusHa } from "./components/prometheus-ha.js";
import { component as grafanaComponent } from "./grafana/index.js";
import { kubeStateMetrics } from "./kube-state-metrics/index.js";
import { type Files, layOut } from "./lib/base.js";
import { type Component, type Feature, textOf } from "./lib/component.js";
import { guarded } from "./lib/guard.js";
import { namespace } from "./namespace/index.js";
import { nodeExporter } from "./node-exporter/index.js";
import { platforms } from "./platforms/index.js";
import { accessElsewhere, additionalElsewhere, additionalGrants } from "./prometheus/access.js";
import { prometheus } from "./prometheus/index.js";
import { scrapeJobs } from "./prometheus/scrape/index.js";
import { optionalJobs } from "./prometheus/scrape/optional.js";
import type { Settings } from "./settings/index.js";

/**
 * The stack as an overlay finds it: its components, ready for the features.
 *
 * @param own components of your own, behind the others
 */
export function stack(settings: Settings, own: readonly Component[] = []): readonly Component[] {
  const all = [...components(settings), ...own];
  return guarded(all, features(settings, all));
}

/** The components, in the order in which they are applied. A component of your own is one more line. */
function components(settings: Settings): readonly Component[] {
  return [
    namespace(settings),
    prometheus(settings),
    nodeExporter(settings),
    kubeStateMetrics(settings),
    alertmanager(settings),
  ];
}

/** What an overlay may switch on. */
function features(settings: Settings, components: readonly Component[]): readonly Feature[] {
  const grafanaItself = grafanaComponent(settings);
  const ofJobs = jobFeatures(settings, [...components, grafanaItself, prober(settings)]);
  return [
    alertmanagerHa(settings),
    alertmanagerWebhooks(settings),
    annotatedWorkloads(settings, ofJobs),
    basicAuth(settings),
    blackboxExporter(settings, components, ofJobs),
    etcdClientCertificate(settings, components),
    gateway(settings),
    grafana(settings, grafanaItself),
    grafanaAnonymousViewer(settings),
    grafanaNetworkPolicies(settings, components, grafanaItself),
    ingress(settings),
    insecureControlPlaneTls(settings),
    insecureKubeletTls(settings),
    insecureKubeletPathsTls(settings),
    ...optionalJobs(settings).map(ofJobs),
    namespacedAccess(settings),
    networkPolicies(settings, components),
    ...platforms.map((platform) => platformFeature(settings, platform, ofJobs)),
    prometheusHa(settings),
  ];
}

/**
 * Every file of `base/`, by its path below it.
 *
 * @param own components of your own, behind the others
 */
export function base(settings: Settings, own: readonly Component[] = []): Files {
  const all = [...components(settings), ...own];
  const optional = features(settings, all);
  const jobs = scrapeJobs(settings);
  const apart = [
    ...accessElsewhere(jobs, settings.namespace),
    ...optionalJobs(settings).flatMap((optional) =>
      additionalElsewhere(optional.component, additionalGrants(optional.jobs, jobs), settings.namespace),
    ),
    prometheusOutside(settings),
    ...outsideAccess(settings),
  ];
  const files = layOut("generators/index.ts", guarded(all, optional), optional, apart);
  const standalone = proofOfConcept(settings);
  const bareMetal = new Map([[standalone.name, textOf(standalone)], ...outside(settings)]);
  return new Map([...files, ...[...bareMetal].map(([path, text]): [string, string] => [`bare-metal/${path}`, text])]);
}
