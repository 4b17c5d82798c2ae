/** README's session comes out as printed: it is typed into what `npm start` runs. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort } from "../example/local-service.js";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const startScript = fileURLToPath(new URL("../example/start.js", import.meta.url));
const provisioningToken = /dms1\/\S+/g;
const claimToken = /\b[0-9A-Z]{4}(-[0-9A-Z]{4}){4}\b/g;
const prompt = "\n> ";
/** The reply to the line that sets machine format. */
const machineReply = "R000008\nSet OK\n";
const escapeByte = "\x1d";

/** The session as README prints it, without the shell's line. */
function printedSession(): string {
	const [, session = ""] = /```console\n\$ npm start\n([^]*?)```/.exec(readme) ?? [];
	return session.trimEnd();
}

/** What README says was typed last: in machine format the device doesn't show it. */
function unechoedLine(): string {
	return /The last two lines answer `(.*?)`/.exec(readme)?.[1] ?? "";
}

/** What differs from run to run, by name. */
function masked(text: string): string {
	return text
		.replaceAll("\r", "")
		.replace(provisioningToken, "<token>")
		.replace(claimToken, "<claim token>")
		.replace(/http:\/\/127\.0\.0\.1:\d+\/invite#[\w-]{43}/, "<page>")
		.replace(/localhost:\d+/g, "<address>")
		.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, opendms/, "<built>, opendms")
		.replace(/(> dms_provision) \*+/, "$1 <secret>");
}

/** Types the lines, each when the device is ready for it; resolves with all that was printed. */
async function type(child: ChildProcess, lines: readonly string[]): Promise<string> {
	let printed = "";
	let onData: () => void = () => undefined;
	child.stdout?.on("data", (bytes: Buffer) => {
		printed += bytes.toString().replaceAll("\r", "");
		onData();
	});
	const prompts = (): number => printed.split(prompt).length - 1;
	const untilPrompt = (count: number): Promise<void> =>
		new Promise((resolve) => {
			onData = () => prompts() >= count && printed.endsWith(prompt) && resolve();
			onData();
		});
	for (const [index, line] of lines.entries()) {
		await untilPrompt(index + 1);
		const [token = ""] = printed.match(provisioningToken) ?? [];
		const [claim = ""] = printed.match(claimToken) ?? [];
		const typed = line
			.replace(/^(dms_provision) \*+/, "$1 " + token)
			.replace(/^(dms_claim) \*+/, "$1 " + claim)
			.replace(/^(set wlan.passkey) \*+/, "$1 password");
		child.stdin?.write(typed + "\r");
	}
	await new Promise<void>((resolve) => {
		onData = () => printed.endsWith(machineReply) && resolve();
		onData();
	});
	child.stdin?.write(unechoedLine() + "\r");
	await new Promise<void>((resolve) => {
		const isReply = /^R\d{6}\n.+\n$/; // Its head, and a line behind that.
		onData = () => {
			const reply = printed.slice(printed.indexOf(machineReply) + machineReply.length);
			if (isReply.test(reply)) resolve();
		};
	});
	child.stdin?.write(escapeByte);
	await once(child, "exit");
	return printed;
}

test("README's session comes out as printed", async () => {
	const folder = mkdtempSync(join(tmpdir(), "opendms-readme-"));
	try {
		const port = await freePort();
		const child = spawn(process.execPath, [startScript], {
			cwd: folder,
			env: { ...process.env, OPENDMS_PORT: String(port) },
			stdio: ["pipe", "pipe", "inherit"],
		});
		const session = printedSession();
		const lines = [...session.matchAll(/^> (.*)$/gm)].map(([, line = ""]) => line);
		assert.ok(lines.length > 5, "README has a session");
		const printed = await type(child, lines);
		assert.equal(child.exitCode, 0);
		assert.equal(masked(printed).trimEnd(), masked(session));
	} finally {
		rmSync(folder, { recursive: true });
	}
});

test("README has at most 90 lines", () => {
	assert.ok(readme.trimEnd().split("\n").length <= 90);
});
