import { nameOf, type RenderedObject } from "../rendered/objects.js";
import { type Workload, workloadsOf } from "../rendered/workloads.js";
import type { Check, Finding } from "./check.js";

/** One kind of name, and how Kubernetes wants it. */
interface Form {
  readonly pattern: RegExp;
  readonly longest: number;
  readonly meaning: string;
}

/*
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ and RFC 6335 for the names of ports.
 */
const label: Form = {
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  longest: 63,
  meaning: "lower-case letters, digits and -, at most 63",
};
const serviceName: Form = {
  pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
  longest: 63,
  meaning: "lower-case letters, digits and -, a letter first, at most 63",
};
const subdomain: Form = {
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  longest: 253,
  meaning: "lower-case letters, digits, - and ., at most 253",
};
const pathSegment: Form = { pattern: /^(?!\.{1,2}$)[^/%]+$/, longest: 253, meaning: "anything without / and %" };
const portName: Form = {
  pattern: /^(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  longest: 15,
  meaning: "lower-case letters, digits and -, at least one letter, at most 15",
};
const labelKey: Form = {
  pattern: /^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/,
  longest: 317,
  meaning: "letters, digits, -, _ and ., with a DNS name and / before it",
};
const labelValue: Form = {
  pattern: /^([A-Za-z0-9]([-\w.]*[A-Za-z0-9])?)?$/,
  longest: 63,
  meaning: "letters, digits, -, _ and ., at most 63",
};

const forms: Readonly<Record<string, Form>> = {
  Namespace: label,
  Service: serviceName,
  // The name becomes that of its pods' hosts.
  StatefulSet: label,
  ClusterRole: pathSegment,
  ClusterRoleBinding: pathSegment,
  Role: pathSegment,
  RoleBinding: pathSegment,
};

/** Every name, label and port is written as the API server wants it. */
export const names: Check = {
  name: "names",
  run: async ({ objects }) => [...objects.flatMap(ofObject), ...workloadsOf({ objects }).flatMap(ofPod)],
};

function ofObject(object: RenderedObject): Finding[] {
  const { name, namespace, labels } = object.metadata;
  return [
    ...wrong(nameOf(object), "metadata.name", name, forms[object.kind] ?? subdomain),
    ...(namespace === undefined ? [] : wrong(nameOf(object), "metadata.namespace", namespace, label)),
    ...ofLabels(nameOf(object), "metadata.labels", labels ?? {}),
  ];
}

function ofPod({ object, labels, pod, containers }: Workload): Finding[] {
  return [
    ...ofLabels(object, "labels of its pods", labels),
    ...containers.flatMap(({ name, ports }) => [
      ...wrong(object, "container", name, label),
      ...(ports ?? []).flatMap((port) =>
        port.name == null ? [] : wrong(object, `port of ${name}`, port.name, portName),
      ),
    ]),
    ...(pod.volumes ?? []).flatMap(({ name }) => wrong(object, "volume", name, label)),
  ];
}

function ofLabels(object: string, where: string, labels: Readonly<Record<string, string>>): Finding[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...wrong(object, where, key, labelKey),
    ...wrong(object, `${where}, ${key}`, value, labelValue),
  ]);
}

function wrong(object: string, where: string, text: string, { pattern, longest, meaning }: Form): Finding[] {
  if (pattern.test(text) && text.length <= longest) return [];
  return [{ object, message: `${where}: "${text}" is no valid name`, fix: `use ${meaning}` }];
}
