/** A person at a real terminal: tmux is one that can be read. What it shows is compared. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { without } from "../program.js";
import { toolScript } from "../../example/tool-script.js";

const boardScript = toolScript("opendms-board");
const folder = mkdtempSync(join(tmpdir(), "opendms-terminal-"));
const columns = 40;
const patienceMilliseconds = 60_000;
const pollMilliseconds = 50;

const skip = without("tmux");

function tmux(...parameters: string[]): string {
	const socket = join(folder, "tmux");
	return execFileSync("tmux", ["-S", socket, "-f", "/dev/null", ...parameters], {
		encoding: "utf8",
		env: { ...process.env, LC_ALL: "C.UTF-8" },
	});
}

/** What is on the screen, and where the cursor is. */
function screen(): { lines: string[]; cursor: string } {
	const lines = tmux("capture-pane", "-p")
		.split("\n")
		.map((line) => line.trimEnd());
	while (lines.at(-1) === "") lines.pop();
	return { lines, cursor: tmux("display", "-p", "#{cursor_x},#{cursor_y}").trim() };
}

/** Resolves when the last lines of the screen are these, and the cursor is in that column. */
async function shows(column: number, ...expected: string[]): Promise<void> {
	const end = Date.now() + patienceMilliseconds;
	for (;;) {
		const { lines, cursor } = screen();
		const isThere = lines.slice(-expected.length).join("\n") === expected.join("\n");
		if (isThere && cursor.startsWith(column + ",")) return;
		const seen = lines.join("\n") + "\ncursor " + cursor;
		assert.ok(Date.now() < end, "not shown: " + expected.join("\n") + "\nbut:\n" + seen);
		await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
	}
}

const type = (text: string): string => tmux("send-keys", "-l", text);
const press = (...keys: string[]): string => tmux("send-keys", ...keys);

/** Runs a board in a terminal of so many columns. */
function open(width: number): void {
	const state = join(folder, "state-" + width);
	const command = [process.execPath, boardScript, "--processor", "v8", "--state", state];
	tmux("new-session", "-d", "-x", String(width), "-y", "20", command.join(" "));
}

after(() => {
	if (skip === false) tmux("kill-server");
	rmSync(folder, { recursive: true });
});

test(
	"lines are typed, edited, completed, recalled and pasted in a real terminal",
	{ skip },
	async () => {
		open(columns);
		await shows(2, "[Ready]", ">");

		type('set wlan.ssid "a name that is rather long"');
		await shows(4, '> set wlan.ssid "a name that is rather l', 'ong"');
		press("Home");
		type("X");
		// Whatever is no command with `wlan.` behind it may be a slip before a secret.
		await shows(3, "> Xset wlan.ssid " + "*".repeat(23), "*****");
		press("BSpace", "End", "M-b", "M-b", "C-k");
		type('short"');
		await shows(38, '> set wlan.ssid "a name that is short"');
		press("Enter");
		await shows(2, '> set wlan.ssid "a name that is short"', "Set OK", ">");

		type("get wlan.ss");
		press("Tab", "Enter");
		await shows(2, "> get wlan.ssid", "a name that is short", ">");
		press("Up", "Up");
		await shows(38, '> set wlan.ssid "a name that is short"');
		press("Down");
		await shows(16, "> get wlan.ssid");
		press("C-c");
		await shows(2, "> get wlan.ssid ^C", ">");

		type("set wlan.passkey correct-horse");
		await shows(32, "> set wlan.passkey *************");
		press("Enter", "Up");
		await shows(16, "Set OK", "> get wlan.ssid");
		press("C-u");
		await shows(2, "Set OK", ">");

		type("help ü漢字漢字漢字漢字漢字漢字漢字漢字漢字");
		press("Left", "Left");
		type("é");
		await shows(1, "> help ü漢字漢字漢字漢字漢字漢字漢字漢字", "é漢字");
		press("C-c", "C-l");
		await shows(2, ">");

		type('set system.name "\u{1f680}\u{1f680}\u2705\u2615שָׁלוֹםที่नि"');
		press("Left", "Left");
		type("x");
		await shows(34, '> set system.name "\u{1f680}\u{1f680}\u2705\u2615שָׁלוֹםที่नxि"');
		press("C-c", "C-l");
		await shows(2, ">");

		tmux("set-buffer", "set wl o r 1\nset wl o r 2\nget wl o r\n");
		tmux("paste-buffer");
		await shows(
			2,
			"> set wl o r 1",
			"Set OK",
			"> set wl o r 2",
			"Set OK",
			"> get wl o r",
			"2",
			">",
		);
	},
);

test(
	"a narrow terminal is asked, too, and log lines stand above a line that wraps",
	{ skip },
	async () => {
		open(15);
		await shows(2, "[Ready]", ">");
		type("set system.name abcdefgh");
		press("Left", "Left");
		type("X");
		await shows(10, "> set system.na", "me abcdefXgh");
		press("C-c");
		for (const line of ["set wlan.ssid nowhere", "set wlan.auto_join.enabled 1", "save"]) {
			type(line);
			press("Enter");
			await shows(2, ">");
		}
		type("reboot");
		press("Enter");
		const log = ["[Associating to", " nowhere]"];
		await shows(2, ...log, ">");
		type("0123456789".repeat(4));
		await shows(12, ...log, ...log, "> 0123456789012", "345678901234567", "890123456789");
	},
);
