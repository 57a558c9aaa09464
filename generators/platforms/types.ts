/** Whether a platform has a job, and why. */
export interface Verdict {
  readonly on: boolean;
  /** Why it is off; or what has to be done for it to be up, empty for nothing. */
  readonly why: string;
}

/** One way to run Kubernetes, and what of it Prometheus can read there. */
export interface Platform {
  /** Its Component is `platform-<name>`. */
  readonly name: string;
  /** As its makers write it. */
  readonly title: string;
  /** For each Component of {@link platformJobs}. */
  readonly verdicts: Readonly<Record<PlatformJob, Verdict>>;
  /**
   * How it was proven: on the embedded cluster, which has such a layout; by the real Prometheus on an imitation of what the
   * platform exposes; or by what is rendered.
   */
  readonly proven: "live" | "imitated" | "rendered";
  /** Where the facts are from. */
  readonly sources: readonly string[];
}

/** The jobs that some platforms have and others have not; each is a Component of that name. */
export const platformJobs = ["coredns", "kube-proxy", "kube-scheduler", "kube-controller-manager", "etcd"] as const;

export type PlatformJob = (typeof platformJobs)[number];
