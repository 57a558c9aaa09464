/** The namespace of Argo CD's own objects: the one that its documentation uses throughout. */
export const namespace = "argocd";

/** The bare repository that Argo CD reads, by its name in Argo CD's folder. */
export const repositoryName = "monitoring.git";
