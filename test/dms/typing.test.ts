/** What is made easier for who types: the beginning of a UUID, and words that a shell completes. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { deviceIn } from "../../hosts/dms/cli/device-id.js";
import { without } from "../program.js";
import { openBench } from "./bench.js";
import { createDevice } from "./protocol-device.js";
import { createTool } from "./tool.js";
import { toolScript } from "../../example/tool-script.js";

const main = toolScript("opendms");

test("the beginning of a UUID names the one device that begins so", async (context) => {
	const { service, clock, send } = await openBench(context);
	const uuids = ["abcd", "abce", "1234"].map((start) => start.padEnd(40, "0"));
	for (const uuid of uuids) {
		const { token } = await service.tokens.addProvisioning({ uuid });
		assert.equal((await send(createDevice(clock).provision(token))).status, 200);
	}
	for (const [typed, uuid] of [
		["1234", uuids[2]],
		["12340", uuids[2]],
		["ABCD", uuids[0]],
		[uuids[1], uuids[1]],
		// Nobody's, and what is no beginning, stay as they are.
		["ffff", "ffff"],
		["123", "123"],
		["12%4", "12%4"],
	] as const) {
		assert.equal(await deviceIn(service, typed ?? ""), uuid, typed);
	}
	const { token } = await service.tokens.addProvisioning({ uuid: "abcd1".padEnd(40, "0") });
	await send(createDevice(clock).provision(token));
	await assert.rejects(deviceIn(service, "abcd"), {
		rule: "usage",
		message: /^More than one device begins with abcd, such as abcd0+ and abcd10+\. Type more/,
	});
});

test("words are completed from commands, options and what they take", async (context) => {
	const { run } = createTool(context);
	for (const [words, expected] of [
		[["dev"], ["device"]],
		[
			["user", ""],
			["add", "role", "email", "list", "invite", "remove", "help"],
		],
		[["user", "add", "alice", "--ro"], ["--role"]],
		[
			["user", "add", "--role", "o"],
			["operator", "owner"],
		],
		[["--json", "--data", "user", "user", "re"], ["remove"]],
		[
			["bundle", "tag", "ACME-LAMP", "0.2.0.0", ""],
			["release", "beta", "alpha"],
		],
		[["user", "add", "alice", "--data", ""], []],
		[
			["user", "add", "--role=o"],
			["--role=operator", "--role=owner"],
		],
		// As bash has it.
		[
			["user", "add", "--role", "=", "o"],
			["operator", "owner"],
		],
		[
			["bundle", "tag", "A", "1.0.0.0", "--percent", "=", "5", ""],
			["release", "beta", "alpha"],
		],
		[
			["user", "role", "alice", "o"],
			["operator", "owner"],
		],
		[["compl"], ["completion"]],
	] as const) {
		const { code, out } = await run("complete", "--", ...words);
		assert.equal(code, 0);
		const found = out.split("\n").filter((word) => word !== "");
		assert.deepEqual(found, expected, words.join(" "));
	}
	const { code, error } = await run("completion", "tcsh");
	assert.deepEqual([code, error], [1, "opendms: There are bash, zsh and fish.\n"]);
});

test("all that a command's help names is completed", async (context) => {
	const { run } = createTool(context);
	const completed = async (...words: readonly string[]): Promise<string[]> =>
		(await run("complete", "--", ...words)).out.split("\n").filter((word) => word !== "");
	let commands = 0;
	const walk = async (path: readonly string[]): Promise<void> => {
		commands++;
		// What is longer than a line goes on in the next one.
		const help = (await run(...path, "--help")).out.replace(/\n {5,}/g, " ");
		const options = await completed(...path, "--");
		for (const [, option = "", about = ""] of help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)(.*)$/gm)) {
			assert.ok(options.includes(option), [...path, option].join(" "));
			const [, list = ""] = /\(choices: (.*?)(?:, default:.*)?\)/.exec(about) ?? [];
			const choices = list.match(/(?<=")[^", ]+(?=")/g) ?? [];
			if (choices.length > 0) assert.deepEqual(await completed(...path, option, ""), choices);
		}
		if (!/^Usage: .*\[command\]$/m.test(help)) return;
		const below = [...help.matchAll(/^ {2}([a-z][\w-]*) /gm)].map(([, name = ""]) => name);
		assert.deepEqual(await completed(...path, ""), below, path.join(" "));
		for (const name of below.filter((one) => one !== "help")) await walk([...path, name]);
	};
	await walk([]);
	assert.ok(commands > 70, String(commands));
});

/** A folder with the command `opendms`, which is this one. */
function folderWithCommand(context: TestContext): string {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const command = join(folder, "opendms");
	writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
	chmodSync(command, 0o755);
	return folder;
}

const shells = [
	[
		"bash",
		`source <(opendms completion bash)
		COMP_WORDS=(opendms user add --role o); COMP_CWORD=4; _opendms; echo "\${COMPREPLY[@]}"
		COMP_WORDS=(opendms user add --role = o); COMP_CWORD=5; _opendms; echo "\${COMPREPLY[@]}"`,
	],
	["fish", "opendms completion fish | source; complete -C 'opendms user add --role o'"],
	[
		"zsh",
		`compdef() { :; }; compadd() { shift; echo "$@"; }; _files() { :; }
		eval "$(opendms completion zsh)"; words=(opendms user add --role o); CURRENT=5; _opendms`,
	],
] as const;

for (const [shell, script] of shells) {
	test(shell + " completes words by what opendms prints", { skip: without(shell) }, (context) => {
		const folder = folderWithCommand(context);
		const env = { ...process.env, PATH: folder + ":" + process.env["PATH"], HOME: folder };
		// No file there is taken for what can be typed.
		const out = execFileSync(shell, ["-c", script], { env, cwd: folder, encoding: "utf8" });
		assert.deepEqual([...new Set(out.trim().split(/\s+/))], ["operator", "owner"]);
	});
}
