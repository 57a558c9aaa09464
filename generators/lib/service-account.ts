/** Where Kubernetes mounts a pod's identity. */
export const serviceAccountMount = "/var/run/secrets/kubernetes.io/serviceaccount";

/** How Prometheus identifies itself inside the cluster: the token of its own ServiceAccount. */
export const serviceAccountToken = { credentials_file: `${serviceAccountMount}/token` } as const;

/** The CA of the cluster, as Kubernetes mounts it into every pod. */
export const clusterCa = { ca_file: `${serviceAccountMount}/ca.crt` } as const;
