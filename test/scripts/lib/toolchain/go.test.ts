import assert from "node:assert/strict";
import { test } from "uvu";
import { cureOf, isRecent } from "../../../../scripts/lib/toolchain/go.js";

test("a Go that is too old is told from one that will do", () => {
  for (const version of ["go1.26.0", "go1.27rc1", "go2.0"]) assert.ok(isRecent(version), version);
  for (const version of ["go1.19.8", "go1.9", "go1.25.7", ""]) assert.ok(!isRecent(version), version);
});

test("what a user can mend of a failed build comes with a cure", () => {
  assert.match(
    cureOf("go: go.mod requires go >= 1.26.7 (running go 1.26.0; GOTOOLCHAIN=local)") ?? "",
    /GOTOOLCHAIN=auto/,
  );
  assert.match(cureOf("write /x: no space left on device") ?? "", /free some space/);
  assert.match(cureOf('Get "https://proxy/": dial tcp: lookup proxy: no such host') ?? "", /GOPROXY/);
  for (const said of [
    "build cache is required, but could not be located: GOCACHE is not defined and neither $XDG_CACHE_HOME nor $HOME are defined",
    "module cache not found: neither GOMODCACHE nor GOPATH is set",
    "go: creating work dir: mkdir /x: read-only file system",
    "mkdir /nobody: permission denied",
  ]) {
    assert.match(cureOf(said) ?? "", /GOMODCACHE/, said);
  }
  assert.equal(cureOf("./main.go:3:1: syntax error"), undefined);
});

test.run();
