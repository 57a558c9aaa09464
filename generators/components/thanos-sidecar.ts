import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import type { IContainer } from "kubernetes-models/v1/Container";
import { Service } from "kubernetes-models/v1/Service";
import type { IServiceSpec } from "kubernetes-models/v1/ServiceSpec";
import type { Base, KubernetesObject } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { explained } from "../lib/explained.js";
import { labels, selector } from "../lib/labels.js";
import { mounted } from "../lib/mounts.js";
import { paths } from "../prometheus/paths.js";
import { dataVolume, port as prometheusPort } from "../prometheus/pod.js";
import type { Settings } from "../settings/index.js";
import { names } from "../thanos/names.js";
import {
  container,
  objectStore,
  objectStoreArgument,
  objectStoreFile,
  objectStoreSecret,
  ports,
} from "../thanos/pod.js";

const name = names.sidecar;
const httpName = "thanos-http";

/** The object store's Secret, without which Prometheus goes on all the same. */
const optionalStore = {
  ...objectStore,
  volume: { name: objectStore.volume.name, secret: { ...objectStore.volume.secret, optional: true } },
};

/** The volumes that the sidecar brings into Prometheus' pod. */
export const sidecarVolumes = mounted([optionalStore]).volumes;

/** The container beside Prometheus that answers the Querier and uploads blocks. */
export function sidecarContainer(settings: Settings): IContainer {
  const { volumeMounts } = mounted([optionalStore]);
  const part = container(settings, name, {
    command: "sidecar",
    args: [
      `--prometheus.url=http://localhost:${prometheusPort.number}`,
      "--prometheus.ready_timeout=15m",
      `--tsdb.path=${paths.data}`,
      objectStoreArgument,
    ],
    grpc: true,
    httpName,
    resources: { cpu: "20m", memory: "64Mi", limit: "512Mi" },
  });
  return because(
    {
      ...part,
      env: [
        because(
          { name: "OBJECT_STORE", valueFrom: { secretKeyRef: { name: objectStoreSecret, key: objectStoreFile } } },
          "The sidecar reads the file. Without the Secret, this has the kubelet say which one is missing, while Prometheus runs.",
        ),
      ],
      volumeMounts: [...volumeMounts, { name: dataVolume, mountPath: paths.data }],
    },
    { args: "prometheus.ready_timeout is as long as Prometheus may take to replay its log." },
  );
}

/** Leads to each replica's sidecar by itself: the Querier asks all of them. */
export function sidecarService({ namespace }: Settings): KubernetesObject {
  return explained(Service, {
    metadata: { name, namespace, labels: labels(name, "sidecar") },
    spec: because<IServiceSpec>(
      {
        clusterIP: "None",
        selector: selector("prometheus"),
        ports: [
          { name: ports.grpc.name, port: ports.grpc.number, targetPort: ports.grpc.name },
          { name: ports.http.name, port: ports.http.number, targetPort: httpName },
        ],
      },
      { clusterIP: "Its name resolves to every replica, each of which has samples of its own." },
    ),
  });
}

/** Prometheus with the sidecar in its pods, for what is derived from its ports. */
export function withSidecar(prometheus: Base, settings: Settings): Base {
  const carrier = new Deployment({
    metadata: { name: "prometheus", namespace: settings.namespace },
    spec: {
      selector: { matchLabels: selector("prometheus") },
      template: {
        metadata: { labels: selector("prometheus") },
        spec: { containers: [sidecarContainer(settings)] },
      },
    },
  });
  return {
    ...prometheus,
    objects: [...prometheus.objects, sidecarService(settings), carrier],
    calls: [...(prometheus.calls ?? []), "object store", "name servers"],
  };
}
