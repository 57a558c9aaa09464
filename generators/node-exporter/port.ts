/** Port of node-exporter on every node, since it lives in the host's network. */
export const nodeExporterPort = 9100;
