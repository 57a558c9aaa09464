/**
 * Something that went wrong for a reason that its reader can act on: printed without a stack trace.
 * The message names the culprit (file, setting, overlay, context); the cure says what would be right.
 */
export class Failure extends Error {
  readonly cure: string | undefined;

  constructor(message: string, cure?: string) {
    super(message);
    this.name = "Failure";
    this.cure = cure;
  }
}

/** Arguments that a verb does not take: its usage is the cure. */
export class Misuse extends Failure {}

/** What the system refuses, by the code of its error: what that means, and what helps. */
const refusals: Readonly<Record<string, readonly [meaning: string, cure: string]>> = {
  EACCES: ["no permission", "see who owns it, or run this as a user who may"],
  EPERM: ["not permitted", "see who owns it, or run this as a user who may"],
  EROFS: ["the file system is read-only", "mount it to be written, or use a folder elsewhere"],
  ENOSPC: ["the disk is full", "free some space"],
  EDQUOT: ["the quota of this user is used up", "free some space"],
  ENOENT: ["no such file or folder", "see that it is there and spelled so"],
  ENOTDIR: ["a part of the path is no folder", "see what is there"],
  EISDIR: ["it is a folder", "name a file"],
  EEXIST: ["it is there already", "move it away"],
  ENOTEMPTY: ["the folder has something in it", "move that away"],
  ELOOP: ["symbolic links lead in a circle", "see where they lead"],
  ENAMETOOLONG: ["the name is too long", "choose a shorter one"],
  EMFILE: ["this process may open no more files", "raise the limit: ulimit -n 4096"],
  ENOEXEC: ["it is no program for this machine", "install one that is"],
};

/** A system's refusal as a Failure; undefined for any other error, which is a defect of the program. */
export function refusalOf(error: unknown): Failure | undefined {
  if (!(error instanceof Error && "syscall" in error)) return undefined;
  const { code = "", syscall = "", path, dest } = error as NodeJS.ErrnoException & { dest?: string };
  const refusal = refusals[code];
  if (refusal === undefined) return undefined;
  const [meaning, cure] = refusal;
  if (syscall.startsWith("spawn") && code === "ENOENT") {
    return new Failure(`there is no program ${path} in PATH`, `install ${path}, or see that PATH has its folder`);
  }
  return new Failure(`${[path, dest].filter(Boolean).join(" to ") || syscall}: ${meaning} (${code})`, cure);
}
