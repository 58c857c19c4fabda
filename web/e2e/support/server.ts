/** The real server on its own port, with the model in VALENCE_E2E_MODEL or the bundled one. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const COMMAND = join(import.meta.dirname, "../../../.venv/bin/valence");
const READY_WITHIN_MS = 60_000;
const STOPPED_WITHIN_MS = 15_000;

export interface Server {
  url: string;
  /** Creates a key with these scopes. */
  createKey: (...scopes: string[]) => string;
  /** What it has printed so far. */
  printed: () => string;
  stop: () => Promise<void>;
}

/**
 * Starts the server and waits until it is ready. `settings` are added to its environment; by default the port is free.
 */
export async function startServer(port?: number, settings: Record<string, string> = {}): Promise<Server> {
  const chosen = port ?? (await freePort());
  const model = process.env["VALENCE_E2E_MODEL"];
  const command = existsSync(COMMAND) ? COMMAND : "valence";
  // A fresh data folder, and no rate limits for the tests' many requests from one address.
  const env = {
    ...process.env,
    VALENCE_DATA_FOLDER: mkdtempSync(join(tmpdir(), "valence-e2e-")),
    VALENCE_CALLS_PER_MINUTE: "0",
    VALENCE_TOKENS_PER_MINUTE: "0",
    VALENCE_FEEDBACK_PER_MINUTE: "0",
    ...settings,
  };
  const child = spawn(command, ["serve", "--port", `${chosen}`, ...(model ? ["--model", model] : [])], {
    stdio: ["ignore", "pipe", "pipe"],
    env,
  });
  const output: string[] = [];
  child.stdout.on("data", (chunk) => output.push(String(chunk)));
  child.stderr.on("data", (chunk) => output.push(String(chunk)));
  child.on("error", (error) => output.push(error.message));
  const url = `http://127.0.0.1:${chosen}`;
  await untilReady(url, child, output);
  const createKey = (...scopes: string[]) =>
    /^valence_\S+/.exec(
      execFileSync(command, ["keys", "create", "e2e", ...scopes.flatMap((scope) => ["--scope", scope])], {
        env,
        encoding: "utf8",
      }),
    )?.[0] ?? "";
  return { url, createKey, printed: () => output.join(""), stop: () => stop(child) };
}

async function untilReady(url: string, child: ChildProcess, output: readonly string[]): Promise<void> {
  const end = Date.now() + READY_WITHIN_MS;
  while (Date.now() < end) {
    if (child.exitCode !== null || child.pid === undefined) break;
    const ready = await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  child.kill();
  throw new Error(`valence serve did not become ready at ${url}. It output:\n${output.join("")}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const stopped = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOPPED_WITHIN_MS);
  await stopped;
  clearTimeout(timer);
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
