import type { IVolume } from "kubernetes-models/v1/Volume";
import { Scalar } from "yaml";
import type { RemoteWrite } from "../../metrics/scrape-job.js";
import type { Edge } from "../derive/edges.js";
import type { Component, KubernetesObject, Rewrite } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { kustomizeOnly } from "../lib/kustomize-only.js";
import { placeholder } from "../lib/placeholder.js";
import { configMaps } from "../prometheus/pod.js";
import type { Settings } from "../settings/index.js";
import { changedPod } from "./changed-pod.js";
import { openings } from "./job.js";

const name = "remote-write";
const source = "generators/components/remote-write.ts";

/** Secret by which Prometheus identifies itself, and knows the endpoint: keys by `remoteWrite.auth` and `remoteWrite.privateCa`. */
export const remoteWriteSecret = "prometheus-remote-write";
const folder = "/etc/prometheus/remote-write";

/** ConfigMap with the key `url`, in which an overlay puts its own address. Kustomize reads it while it builds. */
export const endpoint = "remote-write-endpoint";

/** What stands in prometheus.yml where nobody says where samples go. */
export const noUrl = placeholder("the URL of remote-write");

/** Sends every sample on, to any endpoint of the remote write protocol. Prometheus keeps them besides, for its own rules and pages. */
export function remoteWrite(settings: Settings): Component {
  const { namespace } = settings;
  const { container, volumes } = secretMount(settings);
  return {
    name,
    source,
    about: `Sends all samples to a remote write endpoint, whose credentials are in the Secret ${remoteWriteSecret}.`,
    // The pod has to be there, and the policy that is opened.
    after: ["network-policies", "prometheus-ha"],
    ...(settings.remoteWrite.url === undefined && { blanks: { [noUrl]: "docs/remote-write.md" } }),
    rewrites: [sending(settings, source)],
    patches: [
      ...openings(edgesTo(settings.remoteWrite.url)),
      ...(volumes.length > 0 ? [changedPod(namespace, container, volumes)] : []),
    ],
  };
}

/** The ConfigMap of the base that an overlay merges its own URL into. */
export function remoteWriteEndpoint({ namespace, remoteWrite: { url = noUrl } }: Settings): KubernetesObject {
  return kustomizeOnly(
    endpoint,
    namespace,
    { url },
    "Where components/remote-write sends samples. An overlay merges its own into it. Kustomize reads it while it builds, and leaves it out.",
  );
}

/**
 * Puts the section `remote_write` behind prometheus.yml.
 *
 * @param map - the ConfigMap with that prometheus.yml
 */
export function sending(settings: Settings, writtenBy: string, map: string = configMaps.config): Rewrite {
  const text = { name: "remote-write.yml", source: writtenBy, content: { remote_write: [section(settings)] } };
  return {
    map,
    file: "prometheus.yml",
    place: "behind",
    text,
    filledFrom: { map: endpoint, key: "url" },
  };
}

/**
 * What Prometheus sends, where to, and how much of it at a time.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#remote_write
 */
function section({ remoteWrite: { url = noUrl, protocol, auth, privateCa, connections, keep, drop } }: Settings) {
  // In quotes, between which Kustomize puts the URL of an overlay: so it has to be the first that has any.
  const quoted = new Scalar(url);
  quoted.type = Scalar.QUOTE_DOUBLE;
  const tls = {
    ...(privateCa && { ca_file: `${folder}/ca.crt` }),
    ...(auth === "mtls" && { cert_file: `${folder}/tls.crt`, key_file: `${folder}/tls.key` }),
  };
  const relabelling = [
    ...(keep.length > 0 ? [{ action: "keep" as const, source_labels: ["__name__"], regex: keep.join("|") }] : []),
    ...(drop.length > 0 ? [{ action: "drop" as const, source_labels: ["__name__"], regex: drop.join("|") }] : []),
  ];
  return because<Omit<RemoteWrite, "url"> & { readonly url: Scalar<string> }>(
    {
      url: quoted,
      name,
      ...(protocol === "v2"
        ? { protobuf_message: "io.prometheus.write.v2.Request" as const }
        : { protobuf_message: "prometheus.WriteRequest" as const, convert_nhcb_to_classic: true }),
      send_native_histograms: true,
      ...(auth === "bearer" && { authorization: { credentials_file: `${folder}/token` } }),
      ...(auth === "basic" && {
        basic_auth: { username_file: `${folder}/username`, password_file: `${folder}/password` },
      }),
      ...(Object.keys(tls).length > 0 && { tls_config: tls }),
      queue_config: because(
        { min_shards: connections, max_shards: connections, retry_on_http_429: true },
        {
          min_shards:
            "As many all the time: what waits is lost where their number changes and the endpoint takes none of it within a minute.",
          max_shards:
            "Each sends 2000 samples at a time, so 20000 a second where a request takes 100 ms. It holds up to 12000 samples, in about 4 MB of memory.",
          retry_on_http_429:
            "An endpoint that is busy says 429. Without this, samples that it refuses for that are lost.",
        },
      ),
      ...(relabelling.length > 0 && { write_relabel_configs: relabelling }),
    },
    {
      convert_nhcb_to_classic: "Message 1 cannot carry histograms with custom buckets: their series are sent instead.",
      send_native_histograms: "Without this, histograms that are kept as native ones are not sent at all.",
    },
  );
}

/** The Secret in Prometheus' container; nothing where the endpoint asks for none. */
export function secretMount({ remoteWrite: { auth, privateCa } }: Settings) {
  if (auth === "none" && !privateCa) return { container: {}, volumes: [] };
  const volume: IVolume = because(
    { name, secret: { secretName: remoteWriteSecret, defaultMode: 0o440 } },
    "0440: Prometheus runs as a user of its own, and reads it by its group. It reads it again with each request, so that it may change.",
  );
  return { container: { volumeMounts: [{ name, mountPath: folder, readOnly: true }] }, volumes: [volume] };
}

/** The way out. An overlay whose URL has another port adds that to the policy; the build tells. */
export function edgesTo(url: string | undefined, caller = "prometheus"): Edge[] {
  const from = { base: caller };
  const purpose = { caller, callee: "remote write" };
  const { port: said, protocol } = new URL(url ?? "https://unknown");
  const port = said === "" ? (protocol === "http:" ? 80 : 443) : Number(said);
  return [
    { from, to: "anything", ports: [{ protocol: "TCP", port }], purpose },
    { from, to: "name servers", ports: [], purpose },
  ];
}
