/** Port of every kubelet, unless the cluster was told otherwise. */
export const kubeletPort = 10250;
