import assert from "node:assert/strict";
import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IStatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import type { IService } from "kubernetes-models/v1/Service";
import { test } from "uvu";
import { prometheusHa } from "../../../generators/components/prometheus-ha.js";
import type { KubernetesObject } from "../../../generators/lib/base-and-component.js";
import { prometheus } from "../../../generators/prometheus/index.js";
import { defaults } from "../../../generators/settings/index.js";

const { objects = [] } = prometheusHa(defaults);
const one = <T>(kind: string, among: readonly KubernetesObject[] = objects) =>
  (among.find((object) => object.kind === kind)?.toJSON() ?? assert.fail(`no ${kind}`)) as T;
const set = one<IStatefulSet>("StatefulSet").spec ?? assert.fail();
const pod = set.template.spec ?? assert.fail();
const single = one<IDeployment>("Deployment", prometheus(defaults).objects).spec?.template.spec ?? assert.fail();

test("two replicas by default, as many as the setting says", () => {
  assert.equal(set.replicas, 2);
  const five = prometheusHa({ ...defaults, prometheus: { ...defaults.prometheus, replicas: 5 } });
  assert.equal(one<IStatefulSet>("StatefulSet", five.objects).spec?.replicas, 5);
});

test("the pod is that of the Deployment but for its samples, its name as label, its priority, its place and its end", () => {
  const { priorityClassName, topologySpreadConstraints, containers, ...rest } = pod;
  const { containers: singleContainers, volumes, ...singleRest } = single;
  const withoutReplica = ([container]: typeof containers) => {
    const { lifecycle, ...rest } = container ?? {};
    return { ...rest, env: container?.env?.filter(({ name }) => name !== "REPLICA") };
  };
  assert.deepEqual(withoutReplica(containers), withoutReplica(singleContainers));
  assert.deepEqual(rest, { ...singleRest, volumes: volumes?.filter(({ name }) => name !== "data") });
  assert.ok(priorityClassName && topologySpreadConstraints);
});

test("a replica that is told to end goes on answering until queries are led elsewhere; a lone one ends at once", () => {
  assert.deepEqual(pod.containers[0]?.lifecycle?.preStop, { sleep: { seconds: 5 } });
  assert.equal(single.containers[0]?.lifecycle, undefined);
});

test("each replica is labelled with the name of its pod", () => {
  const replica = pod.containers[0]?.env?.find(({ name }) => name === "REPLICA");
  assert.equal(replica?.valueFrom?.fieldRef?.fieldPath, "metadata.name");
});

test("samples are on a volume of each replica, which nothing deletes", () => {
  const [claim] = set.volumeClaimTemplates ?? [];
  assert.equal(claim?.spec?.resources?.requests?.storage, defaults.prometheus.volumeSize);
  assert.ok(pod.containers[0]?.volumeMounts?.some(({ name }) => name === claim?.metadata?.name));
  assert.deepEqual(set.persistentVolumeClaimRetentionPolicy, { whenDeleted: "Retain", whenScaled: "Retain" });
});

test("no two replicas share a node, and zones are a wish", () => {
  const rules = pod.topologySpreadConstraints?.map(({ topologyKey, whenUnsatisfiable }) => [
    topologyKey,
    whenUnsatisfiable,
  ]);
  assert.deepEqual(rules, [
    ["kubernetes.io/hostname", "DoNotSchedule"],
    ["topology.kubernetes.io/zone", "ScheduleAnyway"],
  ]);
});

test("one replica at a time is taken away, and one that is broken anyway does not hold up a drain", () => {
  const budget = one<IPodDisruptionBudget>("PodDisruptionBudget").spec;
  assert.equal(budget?.maxUnavailable, 1);
  assert.equal(budget?.unhealthyPodEvictionPolicy, "AlwaysAllow");
  assert.deepEqual(budget?.selector, set.selector);
});

test("a replica that is not ready gets no queries", () => {
  const services = [...objects, ...prometheus(defaults).objects].filter(({ kind }) => kind === "Service");
  assert.equal(services.length, 2);
  for (const service of services) {
    assert.equal((service.toJSON() as IService).spec?.publishNotReadyAddresses ?? false, false);
  }
});

test("the governing Service has no address of its own and is not the one for queries", () => {
  const service = one<IService>("Service");
  assert.equal(service.spec?.clusterIP, "None");
  assert.equal(service.metadata?.name, set.serviceName);
  assert.notEqual(set.serviceName, "prometheus");
});

test.run();
