import type { IPodSecurityContext } from "kubernetes-models/v1/PodSecurityContext";
import type { ISecurityContext } from "kubernetes-models/v1/SecurityContext";

/** The user `nobody` of the official images: a number, because `runAsNonRoot` cannot check a name. */
export const nobody = 65534;

/** Pod settings that satisfy the Pod Security Standard `restricted`. */
export const restrictedPod: IPodSecurityContext = {
  runAsNonRoot: true,
  runAsUser: nobody,
  runAsGroup: nobody,
  seccompProfile: { type: "RuntimeDefault" },
};

/** Container settings that satisfy the Pod Security Standard `restricted`, with a read-only root on top. */
export const restrictedContainer: ISecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};
