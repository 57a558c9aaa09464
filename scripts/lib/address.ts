/** `host:port` in the one spelling that {@link scraped} has too: IPv6 in brackets and in its shortest form. */
export function hostAndPort(host: string, port: number): string {
  const { hostname } = new URL(`http://${host.includes(":") ? `[${host}]` : host}`);
  return `${hostname}:${port}`;
}

/** `host:port` and path, with parameters, of a URL that Prometheus scrapes. A port that the URL leaves out is its scheme's. */
export function scraped(url: string): { readonly address: string; readonly path: string } {
  const { protocol, hostname, port, pathname, searchParams } = new URL(url);
  const path = searchParams.size === 0 ? pathname : `${pathname}?${searchParams}`;
  return { address: `${hostname}:${port || (protocol === "https:" ? "443" : "80")}`, path };
}
