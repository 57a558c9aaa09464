import type { Model } from "@kubernetes-models/base";

/** A Kubernetes object as a component returns it: typed, and able to check itself. */
export type KubernetesObject = Model<{
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}>;

/** A file that a program of the bundle reads, kept as a real file so that promtool, an editor and a diff see it. */
export interface ConfigFile {
  /** Name inside the ConfigMap and below {@link ConfigMapFiles.folder}. */
  readonly name: string;
  /** The generator that wrote it, from the root of the project. */
  readonly source: string;
  /** What the file says, as data. */
  readonly content: unknown;
}

/** A ConfigMap that consists of files. Kustomize's configMapGenerator wraps them. */
export interface ConfigMapFiles {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Folder of the files below the component's own, empty for none. */
  readonly folder: string;
  readonly files: readonly ConfigFile[];
}

/** One part of the stack: a pure function of the settings returns it, and it becomes one folder of `base/`. */
export interface Component {
  /** Folder below `base/`. */
  readonly name: string;
  /** The generator that wrote it, from the root of the project. */
  readonly source: string;
  readonly objects: readonly KubernetesObject[];
  readonly configMaps?: readonly ConfigMapFiles[];
}
