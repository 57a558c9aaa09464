/** Whether Go's `filepath.Glob`, which Prometheus uses, finds a path by a pattern. */
export function matches(pattern: string, path: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]");
  return new RegExp(`^${source}$`).test(path);
}
