/** `opendms console` as a process: its commands from the line, from a file and from a pipe. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Case } from "./case.js";
import { deviceAtPty, deviceAtTcp, noPty, otherAtTcp } from "./device.js";
import type { Names } from "./place.js";

const version = /^OPENDMS-CONSOLE-1\.2\.3\.4, /;
const both = /^OPENDMS-CONSOLE-1\.2\.3\.4, .*\n([0-9a-f]{2}:){5}[0-9a-f]{2}\n$/;

async function tcp(_folder: string, context: TestContext): Promise<Names> {
	const { place } = await deviceAtTcp(context);
	return { place };
}

async function pty(folder: string, context: TestContext): Promise<Names> {
	const { place } = await deviceAtPty(context, folder);
	return { place };
}

async function silent(_folder: string, context: TestContext): Promise<Names> {
	const { place } = await otherAtTcp(context);
	return { place };
}

async function closing(_folder: string, context: TestContext): Promise<Names> {
	const { place } = await otherAtTcp(context, (_heard, socket) => void socket.end());
	return { place };
}

/** What holds on every kind of line. */
const everywhere: readonly Omit<Case, "prepare">[] = [
	{ line: "opendms console {place} version", out: version, error: "" },
	{ line: "opendms console {place} version 'get wlan.mac'", out: both },
	{
		line: "opendms console {place} version 'get nothing' 'get wlan.mac'",
		promise: "stops at the first that fails",
		code: 1,
		out: /^OPENDMS.*\nUnknown variable or option\n.*\n$/,
		error: /^opendms: The device answered: unknown variable or option\.\n$/,
	},
	{
		line: "opendms console {place}",
		promise: "from a file",
		input: { file: "version\nget wlan.mac\n" },
		out: both,
	},
	{
		line: "opendms console {place}",
		promise: "from a pipe",
		input: { pipe: "version\nget wlan.mac\n" },
		out: both,
	},
	{
		line: "opendms console {place}",
		promise: "from a pipe that stays open, when one fails",
		input: { pipe: "version\nget nothing\nget wlan.mac\n", isKept: true },
		code: 1,
		out: /^OPENDMS.*\nUnknown variable/,
	},
	{
		line: "opendms console {place}",
		promise: "from a file of another system's, without an end of its last line",
		input: { file: "\ufeffversion\r\nget wlan.mac" },
		out: both,
	},
	{
		line: "opendms console {place}",
		promise: "with nothing at standard input it says so",
		input: "nothing",
		code: 1,
		out: "",
		error: /^opendms: There is no command on standard input\. /,
	},
	{
		line: "opendms console {place}",
		promise: "with a closed standard input it says so",
		input: "closed",
		code: 1,
		error: /^opendms: There is no command on standard input\. /,
	},
	{
		line: "opendms console {place} --json version 'get nothing'",
		code: 1,
		out: /^\[\{"code":0,"text":"OPENDMS.*"\},\{"code":6,"error":"unknown variable or option",/,
		error: /^\{"error":\{"rule":"console",/,
	},
];

/** What only one kind has. */
const others: readonly Case[] = [
	{
		line: "opendms console {place} 'set system.cmd.format human' 'get wlan.mac'",
		promise: "goes on when a command changes the format",
		prepare: tcp,
		out: /^Set OK\n([0-9a-f]{2}:){5}[0-9a-f]{2}\n$/,
	},
	{
		line: "opendms console {place} version",
		promise: "output that nobody reads changes nothing",
		prepare: tcp,
		output: "gone",
		error: "",
	},
	{
		line: "opendms console {place} version",
		promise: "output that can't be written is an error",
		prepare: tcp,
		output: "full",
		code: 1,
		error: /^The output can't be written: ENOSPC/,
	},
	{
		line: "opendms console {place} version",
		promise: "a port at which nobody answers",
		prepare: silent,
		code: 1,
		error: /^opendms: No device answers at this port\. Is it powered/,
	},
	{
		line: "opendms console {place} version",
		promise: "a port that the other end closes",
		prepare: closing,
		code: 1,
		error: /^opendms: The port was closed\.\n$/,
	},
	{
		line: "opendms console nothing version",
		isEmpty: true,
		code: 1,
		error: /^opendms: No console at nothing: .*Is the device plugged in/,
	},
	{ line: "opendms console . version", isEmpty: true, code: 1, error: /No console at \.: / },
	{
		line: "opendms console text version",
		promise: "a port that is a file",
		isEmpty: true,
		prepare: (folder) => writeFileSync(join(folder, "text"), "version\n"),
		code: 1,
		error: /^opendms: No console at text: /,
	},
	{ line: "opendms console tcp:127.0.0.1:1 version", code: 1, error: /ECONNREFUSED/ },
	{ line: "opendms console tcp:127.0.0.1 version", code: 1, error: /Write tcp:HOST:PORT\.\n$/ },
	{ line: "opendms console tcp:a:99999 version", code: 1, error: /Write tcp:HOST:PORT\.\n$/ },
	{
		line: "opendms console {place} reboot version",
		promise: "goes on behind a restart",
		prepare: tcp,
		out: /^Rebooting\nOPENDMS/,
	},
	{ line: "opendms console", code: 1, error: /^opendms: Missing required argument 'port'\. See/ },
];

const withPty = noPty === false ? everywhere : [];

export const consoleCases: readonly Case[] = [
	...everywhere.map((one) => ({ ...one, isEmpty: true, prepare: tcp })),
	...withPty.map((one) => ({ ...one, isEmpty: true, prepare: pty })),
	...others,
];
