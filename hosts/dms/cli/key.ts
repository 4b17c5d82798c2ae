/** `opendms key`: the keys that a publisher signs with. They stay with the publisher. */

import { type Command, Option } from "commander";
import { toHex } from "../../../src/encoding/bytes.js";
import {
	createPlatformKey,
	createProductKey,
	platformKeyOf,
	restateProductKey,
} from "../publisher/keys.js";
import { printReport } from "./report.js";
import type { Terminal } from "./terminal.js";

const keysDefault = "./state/publisher";
export const keysOption = [
	"--keys <folder>",
	"where the publisher's keys are",
	keysDefault,
] as const;

interface KeyOptions {
	readonly keys: string;
	readonly platform: string;
	readonly replace?: boolean;
	readonly restate?: boolean;
}

export function addKeyCommands(program: Command, terminal: Terminal): void {
	const key = program.command("key").description("the keys that a publisher signs with");

	key
		.command("platform <platform>")
		.description("make the key that a platform's firmware trusts, such as for esp32")
		.option(...keysOption)
		.action((platform: string, { keys }: KeyOptions, command: Command) => {
			const publicKey = toHex(createPlatformKey(keys, platform));
			const text = "Build this public key into the firmware:\n" + publicKey;
			say(command, terminal, { platform, publicKey }, text);
		});

	key
		.command("show <platform>")
		.description("show the public half of a platform's key")
		.option(...keysOption)
		.action((platform: string, { keys }: KeyOptions, command: Command) => {
			const publicKey = toHex(platformKeyOf(keys, platform));
			say(command, terminal, { platform, publicKey }, publicKey);
		});

	key
		.command("product <code>")
		.description("make the key that a product's bundles are signed with")
		.requiredOption("--platform <platform>", "the platform whose key states it")
		.option("--replace", "make the next one, in the place of the one that is there")
		.addOption(
			new Option("--restate", "state the key that is there by a new key of the platform").conflicts(
				"replace",
			),
		)
		.option(...keysOption)
		.action((code: string, options: KeyOptions, command: Command) => {
			const { keys, platform, replace = false, restate = false } = options;
			const made = restate
				? restateProductKey(keys, code, platform)
				: createProductKey(keys, code, platform, replace);
			const text = "Tell the service: opendms product key " + made.statement;
			say(command, terminal, made, text);
		});
}

function say(command: Command, terminal: Terminal, json: object, text: string): void {
	printReport(command, terminal, { json, text });
}
