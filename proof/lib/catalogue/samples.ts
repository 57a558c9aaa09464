import { setTimeout } from "node:timers/promises";
import type { IObjectMeta } from "@kubernetes-models/apimachinery/apis/meta/v1/ObjectMeta";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { StatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler";
import { CronJob } from "kubernetes-models/batch/v1/CronJob";
import { Job } from "kubernetes-models/batch/v1/Job";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import type { IContainer } from "kubernetes-models/v1/Container";
import { Namespace } from "kubernetes-models/v1/Namespace";
import type { IPod } from "kubernetes-models/v1/Pod";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import type { IPodTemplateSpec } from "kubernetes-models/v1/PodTemplateSpec";
import { ResourceQuota } from "kubernetes-models/v1/ResourceQuota";
import { Service } from "kubernetes-models/v1/Service";
import { restrictedContainer, restrictedPod } from "../../../generators/lib/security.js";
import { images, reference } from "../../../generators/versions.js";
import { Failure } from "../../../scripts/lib/failure.js";
import { applyObjects, type Kubectl } from "../../../scripts/lib/kubectl.js";
import { step } from "../../../scripts/lib/progress.js";
import { waitFor } from "../../../scripts/lib/wait.js";

/** The namespace of the samples, which is theirs alone: it is deleted with all that is in it. */
export const sampleNamespace = "plain-prometheus-samples";

/*
 * What a fresh cluster has none of, so that kube-state-metrics, cAdvisor and the kubelet have something to say of it:
 * one object of every kind that they watch, and pods that fail in every way that alerts are about. All of them run images
 * of this bundle, which the cluster has.
 */

const works = reference(images.nodeExporter);
const nowhere = "plain-prometheus.invalid/none:v0";

function metadata(name: string): IObjectMeta {
  return { name, namespace: sampleNamespace };
}

function container(name: string, more: Partial<IContainer> = {}): IContainer {
  return {
    name,
    image: works,
    args: ["--web.listen-address=:9100", "--collector.disable-defaults", "--collector.time"],
    resources: { requests: { cpu: "5m", memory: "16Mi" }, limits: { cpu: "50m", memory: "64Mi" } },
    securityContext: restrictedContainer,
    ...more,
  };
}

function template(name: string, pod: Partial<IPodSpec>): IPodTemplateSpec {
  return {
    metadata: { labels: { app: name } },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 1,
      securityContext: restrictedPod,
      containers: [container(name)],
      ...pod,
    },
  };
}

function deployment(name: string, pod: Partial<IPodSpec> = {}): Deployment {
  const selector = { matchLabels: { app: name } };
  return new Deployment({ metadata: metadata(name), spec: { replicas: 1, selector, template: template(name, pod) } });
}

function failing(name: string, how: Partial<IContainer>): Deployment {
  return deployment(name, { containers: [container(name, how)] });
}

function once(name: string, args: string[]): IPodTemplateSpec {
  return template(name, { restartPolicy: "Never", containers: [container(name, { args })] });
}

function job(name: string, args: string[]): Job {
  return new Job({ metadata: metadata(name), spec: { backoffLimit: 0, template: once(name, args) } });
}

/** The samples, the namespace first. */
export function samples() {
  return [
    new Namespace({ metadata: { name: sampleNamespace } }),
    new ResourceQuota({
      metadata: metadata("quota"),
      spec: {
        hard: {
          ...{ "requests.cpu": "2", "requests.memory": "2Gi", "limits.cpu": "4", "limits.memory": "4Gi" },
          ...{ pods: "30", services: "5", persistentvolumeclaims: "5", "requests.storage": "5Gi" },
        },
      },
    }),
    deployment("works"),
    failing("crashes", { args: ["--no-such-flag"] }),
    deployment("never-initialises", { initContainers: [container("first", { args: ["--no-such-flag"] })] }),
    deployment("has-no-first-image", { initContainers: [container("first", { image: nowhere })] }),
    failing("has-no-image", { image: nowhere }),
    failing("has-no-configuration", { envFrom: [{ configMapRef: { name: "none" } }] }),
    failing("cannot-start", { command: ["/no-such-program"] }),
    deployment("fits-nowhere", { nodeSelector: { "plain-prometheus/no-such-node": "true" } }),
    job("succeeds", ["--version"]),
    job("fails", ["--no-such-flag"]),
    new CronJob({
      metadata: metadata("every-minute"),
      spec: {
        schedule: "* * * * *",
        successfulJobsHistoryLimit: 1,
        jobTemplate: {
          spec: { backoffLimit: 0, template: once("every-minute", ["--version"]) },
        },
      },
    }),
    new HorizontalPodAutoscaler({
      metadata: metadata("works"),
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "works" },
        minReplicas: 1,
        maxReplicas: 2,
        metrics: [
          { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } },
        ],
      },
    }),
    new PodDisruptionBudget({
      metadata: metadata("works"),
      spec: { minAvailable: 1, selector: { matchLabels: { app: "works" } } },
    }),
    new Service({ metadata: metadata("stateful"), spec: { clusterIP: "None", selector: { app: "stateful" } } }),
    new StatefulSet({
      metadata: metadata("stateful"),
      spec: {
        serviceName: "stateful",
        replicas: 1,
        selector: { matchLabels: { app: "stateful" } },
        template: template("stateful", {
          containers: [container("stateful", { volumeMounts: [{ name: "data", mountPath: "/data" }] })],
        }),
        volumeClaimTemplates: [
          {
            metadata: { name: "data" },
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "16Mi" } } },
          },
        ],
      },
    }),
  ];
}

/** What the pods of each failing Deployment come to say, by the name of the Deployment. */
const awaited: Readonly<Record<string, string>> = {
  crashes: "CrashLoopBackOff",
  "never-initialises": "CrashLoopBackOff",
  "has-no-image": "ImagePullBackOff",
  "has-no-first-image": "ImagePullBackOff",
  "has-no-configuration": "CreateContainerConfigError",
};

/** How long Prometheus takes to see it all, twice. */
const scrapeSeconds = 45;

/** How long the slowest of them may take, on a machine that is busy. */
const patienceSeconds = 300;

/**
 * Does something while the samples are there, and removes them whatever comes of it.
 *
 * @throws Failure when it was interrupted. The samples are gone then too.
 */
export async function withSamples<T>(kubectl: Kubectl, work: () => Promise<T>): Promise<T> {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    await applyObjects(kubectl, samples());
    const { signal } = interruption;
    await step(`letting samples in namespace ${sampleNamespace} settle`, (at) => settled(kubectl, signal, at), 100);
    return await work();
  } catch (error) {
    throw interruption.signal.aborted ? new Failure("interrupted", "run it again; nothing was written") : error;
  } finally {
    await step(`deleting namespace ${sampleNamespace}`, () =>
      kubectl.text(["delete", "namespace", sampleNamespace, "--ignore-not-found", "--timeout=120s"]),
    );
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

async function settled(kubectl: Kubectl, signal: AbortSignal, at: (detail: string) => void): Promise<void> {
  let missing = Object.entries(awaited);
  const allSeen = async () => {
    const { items } = await kubectl.json<{ items: readonly IPod[] }>(["get", "pods", "--namespace", sampleNamespace]);
    missing = missing.filter(([name, reason]) => !items.some((pod) => says(pod, name, reason)));
    at(missing.map(([name]) => name).join(", "));
    return missing.length === 0;
  };
  await waitFor(allSeen, {
    seconds: patienceSeconds,
    pauseMilliseconds: 3000,
    signal,
    otherwise() {
      const names = missing.map(([name, reason]) => `${name} (${reason})`).join(", ");
      return new Failure(
        `after ${patienceSeconds} s still not seen of the samples: ${names}`,
        "see kubectl get events",
      );
    },
  });
  at("waiting for Prometheus to see it");
  await setTimeout(scrapeSeconds * 1000, undefined, { signal });
}

function says({ metadata, status }: IPod, app: string, reason: string): boolean {
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const states = containers.flatMap(({ state, lastState }) => [state, lastState]);
  const reasons = states.flatMap((state) => [state?.waiting?.reason, state?.terminated?.reason]);
  return metadata?.labels?.app === app && reasons.includes(reason);
}
