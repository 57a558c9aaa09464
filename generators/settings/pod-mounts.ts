/**
 * Where kubelets and container runtimes mount what is a pod's, whoever installed them: k3s and k0s below `/run`, microk8s
 * below `/var/snap`, CRI-O and Podman below `containers/storage`. A regular expression of whole paths, without classes such as
 * `[^/]`: Prometheus takes a hundred times as long to read those, and reads each rule anew whenever it evaluates it.
 */
export const podMounts = [
  "/run/(containerd|containers|docker|kata-containers)/.+",
  "/var/lib/(containerd|containers/storage|docker|kubelet)/.+",
  `.*/(${[
    "io[.]containerd[.].+",
    "pods/.+/(containers|volumes|volume-subpaths)",
    "kubelet/plugins|plugins/kubernetes[.]io",
    "(overlay|overlay2|overlay-containers)/.+",
    "containers/.+/mounts",
  ].join("|")})/.+`,
].join("|");
