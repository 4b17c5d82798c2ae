/** `opendms-board` as a process: what it takes, what it refuses, and that it ends. */

import assert from "node:assert/strict";
import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Case } from "./case.js";
import { noPty } from "./device.js";
import type { Names } from "./place.js";

const board = "opendms-board --processor v8";
const version = /OPENDMS-CONSOLE-0\.1\.0\.0, .*Board:board/;

/** Puts an app into the folder, as a compiled module. */
function app(source: string): (folder: string) => void {
	return (folder) => {
		writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
		writeFileSync(join(folder, "app.js"), source);
	};
}

async function takenPort(_folder: string, context: TestContext): Promise<Names> {
	const server = createServer().listen(0, "127.0.0.1");
	context.after(() => server.close());
	await once(server, "listening");
	const address = server.address();
	return { port: typeof address === "object" ? String(address?.port) : "" };
}

/** Eight faults at the start, each told, and an end. */
const hopeless = (reason: string): RegExp =>
	new RegExp("^(the board restarted: " + reason + ".*\n){8}the board can't start: .*\n$");

const sessions: readonly Case[] = [
	{
		line: board,
		promise: "ends behind its input, from a pipe",
		input: { pipe: "version\r\n" },
		out: version,
	},
	{
		line: board,
		promise: "ends behind its input, from a file",
		input: { file: "version\r\n" },
		out: version,
	},
	{ line: board, promise: "ends when there is no input", input: "nothing", out: /\[Ready\]/ },
	{ line: board, promise: "ends when its input is closed", input: "closed", out: /\[Ready\]/ },
	{
		line: board,
		promise: "ends at Ctrl-]",
		input: { pipe: "version\r\x1d", isKept: true },
		out: /\[Ready\]/,
	},
	{
		line: board,
		promise: "ends when nobody reads what it says",
		input: { pipe: "", isKept: true },
		output: "gone",
		error: "",
	},
	{
		line: board,
		promise: "output that can't be written is an error",
		input: { pipe: "" },
		output: "full",
		code: 1,
		error: /^The output can't be written: ENOSPC/,
	},
	{
		line: "opendms-board",
		promise: "runs on XS",
		input: { pipe: "version\r\n" },
		out: version,
		check: (folder) => assert.ok(existsSync(join(folder, "state", "board"))),
	},
	{ line: board + " --state here", input: { pipe: "version\r\n" }, out: version },
	{
		line: board + " --network home:secret123:-60",
		input: { pipe: "wlan_scan\r\n" },
		out: /home/,
	},
];

const faults: readonly Case[] = [
	{
		line: "opendms-board --app app.js",
		promise: "an app that throws at import is told, on XS",
		prepare: app("export default { commands: null.x };"),
		code: 1,
		error: hopeless("image: TypeError: "),
	},
	{
		line: board + " --app app.js",
		promise: "an app that throws at import is told, on V8",
		prepare: app("export default { commands: null.x };"),
		code: 1,
		error: hopeless("unhandled exception: TypeError: "),
	},
	{
		line: board + " --app app.js",
		promise: "an app that is none is told",
		prepare: app("export default 5;"),
		code: 1,
		error: hopeless("unhandled exception: TypeError: the app's default export is no object"),
	},
	{
		line: board + " --app app.js",
		promise: "a text instead of an app is told",
		prepare: app("root:x:0:0:root\n"),
		code: 1,
		error: hopeless("unhandled exception: SyntaxError: "),
	},
	{ line: "opendms-board --heap 1", code: 1, error: hopeless("memory full") },
	{
		line: board + " --app app.js",
		promise: "a fault in between is told, and it goes on",
		prepare: app(
			'export default { commands: [{ name: "fail", parameters: "", help: "", count: [0, 0], ' +
				"run: (device) => device.host.system.fail('it broke') }] };",
		),
		input: { pipe: "fail\r\nversion\r\n" },
		out: /\[Ready\][^]*\[Ready\]/,
		error: /^the board restarted: .*it broke\n$/,
	},
	{ line: board + " --app nothing.js", code: 1, error: /^There is no file nothing\.js\n$/ },
	{
		line: board + " --describe --app app.js",
		promise: "an app that can't start isn't described",
		prepare: app("export default { commands: null.x };"),
		code: 1,
		out: "",
		error: /^the program does not describe itself: .*TypeError/,
	},
];

/** Puts a file into the folder of the board's state. */
function kept(name: string, text: string): (folder: string) => void {
	return (folder) => {
		const state = join(folder, "state", "board");
		mkdirSync(state, { recursive: true });
		writeFileSync(join(state, name), text);
	};
}

/** What a board with this process number leaves there while it runs. */
function held(pid: number): (folder: string) => void {
	return (folder) => {
		kept("mac.txt", "02:00:00:00:00:07")(folder);
		const { dev, ino } = statSync(join(folder, "state", "board"), { bigint: true });
		kept("board-4.pid", `${pid} ${dev}:${ino}\n`)(folder);
	};
}

const states: readonly Case[] = [
	...[
		["nvs.json", '{"dms":{"identity'],
		["mac.txt", ""],
	].map(([name = "", text = ""]): Case => ({
		line: board,
		promise: name + " that is damaged is told",
		prepare: kept(name, text),
		code: 1,
		error: new RegExp(`^The board's flash is damaged: ${name} .*a new board is made then\\.\n$`),
	})),
	{
		line: board,
		promise: "a second board on the same state is refused",
		prepare: held(process.pid),
		code: 1,
		error: /^Another board runs on state\/board, in process \d+\. End it, .*\n$/,
	},
	{
		line: board,
		promise: "what a board has left that was killed holds nobody up",
		prepare: held(999_999_999),
		input: { pipe: "version\r\n" },
		out: version,
	},
];

const words: readonly Case[] = [
	{ line: "opendms-board --help", out: /^opendms-board \[options\]\n/, error: "" },
	{
		line: "opendms-board --help",
		promise: "help names the command as it was typed",
		environment: { npm_command: "exec" },
		out: /^npx opendms-board \[options\]\n/,
	},
	{
		line: "opendms-board --help",
		promise: "help names npm's script",
		environment: { npm_command: "run-script", npm_lifecycle_event: "board" },
		out: /^npm run board -- \[options\]\n/,
	},
	{ line: "opendms-board --version", out: /^\d+\.\d+\.\d+\n$/ },
	{ line: board + " --describe", out: /^\{.*"commands".*\}\n$/s },
	{
		line: "opendms-board --write-image lamp.image",
		out: "",
		check: (folder) => assert.deepEqual(readdirSync(folder), ["lamp.image"]),
	},
	{ line: "opendms-board --write-image no/lamp.image", code: 1, error: /^ENOENT.*lamp\.image'\n$/ },
	{ line: "opendms-board --foo", code: 1, error: /'--foo'.*\. See: opendms-board --help\n$/ },
	{ line: "opendms-board extra", code: 1, error: /'extra'.* See: opendms-board --help\n$/ },
	{ line: "opendms-board --heap", code: 1, error: /See: opendms-board --help\n$/ },
	{ line: "opendms-board --heap much", code: 1, error: /^--heap takes a number of bytes/ },
	{ line: "opendms-board --processor z80", code: 1, error: /^--processor takes xs or v8\n$/ },
	{ line: "opendms-board --network home", code: 1, error: /^--network takes SSID:PASSKEY:RSSI/ },
	{ line: "opendms-board --firmware 1.2", code: 1, error: /^--firmware takes four numbers/ },
	{ line: "opendms-board --platform-key 04", code: 1, error: /^--platform-key takes what/ },
	{
		line: board + " --uart tcp:99999",
		code: 1,
		error: /^--uart takes stdio, tcp:PORT or pty:LINK/,
	},
	{ line: board + " --uart serial", code: 1, error: /^--uart takes stdio, tcp:PORT or pty:LINK/ },
	{
		line: board + " --uart tcp:{port}",
		promise: "a port in use",
		prepare: takenPort,
		code: 1,
		error: /^no serial line at port \d+: .*EADDRINUSE/,
	},
	{ line: board + " --state /proc/none", code: 1, error: /^ENOENT.*'\/proc\/none'\n$/ },
	{
		line: board + " --state link",
		promise: "a state folder that is a link to nothing",
		prepare: (folder) => symlinkSync("nothing", join(folder, "link")),
		code: 1,
		error: /^link is a link to a folder that isn't there\. Make it, or remove the link\.\n$/,
	},
	{
		line: board + " --state taken",
		promise: "a state folder that is a file",
		prepare: (folder) => writeFileSync(join(folder, "taken"), ""),
		code: 1,
		error: /^EEXIST.*'taken'\n$/,
	},
];

const withPty: readonly Case[] = [
	{
		line: board + " --uart pty:no/where",
		promise: "a link that can't be made",
		code: 1,
		error: /no pseudo-terminal at no\/where\n$/,
	},
	{
		line: board + " --uart pty:taken",
		promise: "a file is not replaced by a link",
		prepare: (folder) => writeFileSync(join(folder, "taken"), "mine"),
		code: 1,
		error: /^taken: File exists\nno pseudo-terminal at taken\n$/,
		check: (folder) => assert.equal(readFileSync(join(folder, "taken"), "utf8"), "mine"),
	},
];

export const boardCases: readonly Case[] = [
	...[...sessions, ...faults, ...states, ...words, ...(noPty === false ? withPty : [])],
].map((one) => ({ ...one, isEmpty: true }));
