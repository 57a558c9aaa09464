/** Name of the Service and of its port, by which Prometheus asks for a probe. */
export const blackboxExporterService = "blackbox-exporter";
export const blackboxExporterPort = { name: "http", number: 9115 } as const;
