/** The flags of one program. */
export interface Flags {
  /** That take a value. */
  readonly values: readonly string[];
  /** Those of them that may be there more than once. */
  readonly repeatable: readonly string[];
  /** That take none. */
  readonly switches: readonly string[];
  /** Switches with a `--no-` before them, or with `=true` and `=false`; how, differs from program to program. */
  readonly negated: "--no-" | "=false";
}

/** Reads what a program prints for `--help`: Kingpin's of Prometheus' programs, or pflag's of kube-state-metrics. */
export function flagsIn(help: string): Flags {
  const isKingpin = help.includes("--[no-]");
  const lines = [
    ...help.matchAll(/^ {2,6}(?:-\w, |)--(\[no-\])?([\w.-]+)(=.*?)?((?: [a-z]\S*)?) *(\.\.\.)?(?: {2,}.*)?$/gim),
  ];
  const found = lines.map(([, negatable, name = "", value, type = "", dots]) => ({
    name,
    isSwitch: isKingpin ? negatable !== undefined || (value === undefined && type === "") : type === "",
    repeats: !isKingpin || dots !== undefined,
  }));
  const names = (which: (one: (typeof found)[number]) => boolean) =>
    [...new Set(found.filter(which).map(({ name }) => name))].sort();
  return {
    values: names(({ isSwitch }) => !isSwitch),
    repeatable: names(({ isSwitch, repeats }) => !isSwitch && repeats),
    switches: names(({ isSwitch }) => isSwitch),
    negated: isKingpin ? "--no-" : "=false",
  };
}
