/** `opendms key`: the keys that a publisher signs with. They stay with the publisher. */

import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { toHex } from "../../../src/encoding/bytes.js";
import { keyStatementContext } from "../../../src/protocol/update.js";
import { shellWord } from "../../command/shell-word.js";
import { rewriteDurably } from "../authority/key-folder.js";
import { OperatorError } from "../operator-error.js";
import {
	createPlatformKey,
	createProductKey,
	createSignerKey,
	platformKeyOf,
	restateProductKey,
	signerKeyOf,
	signersOf,
} from "../publisher/keys.js";
import { keySetOf } from "../publisher/key-set.js";
import { addSignature, readKeyStatement, signatureCount } from "../publisher/statements.js";
import { printReport } from "./report.js";
import { parseCount } from "./text.js";
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
	readonly signers?: string[];
	readonly threshold: number;
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

	addProduct(key, terminal);
	addSigning(key, terminal);
}

function addProduct(key: Command, terminal: Terminal): void {
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
		.addOption(
			new Option(
				"--signers <keys...>",
				"bundles are signed by several people: their public keys, of opendms key signer",
			).conflicts("restate"),
		)
		.option("--threshold <n>", "how many of them have to sign", parseCount, 2)
		.option(...keysOption)
		.action((code: string, options: KeyOptions, command: Command) => {
			const { keys, platform, replace = false, restate = false, signers, threshold } = options;
			const set = signers && keySetOf(threshold, signers);
			const needsConsent = !restate && replace && signersOf(keys, code) !== undefined;
			const made = restate
				? restateProductKey(keys, code, platform)
				: createProductKey(keys, code, platform, replace, set);
			const text = needsConsent
				? "Have those sign it who sign bundles so far: opendms key sign " +
					shellWord(made.statement)
				: "Tell the service: opendms product key " + shellWord(made.statement);
			say(command, terminal, made, text);
		});
}

function addSigning(key: Command, terminal: Terminal): void {
	key
		.command("signer <product>")
		.description("make your own key, of a product whose bundles several people sign")
		.option(...keysOption)
		.action((product: string, { keys }: KeyOptions, command: Command) => {
			const publicKey = toHex(createSignerKey(keys, product));
			const text = "For opendms key product " + product + " --signers:\n" + publicKey;
			say(command, terminal, { product, publicKey }, text);
		});

	key
		.command("sign <statement>")
		.description("agree to who signs for a product from now on, as one who does so far")
		.option(...keysOption)
		.action((file: string, { keys }: KeyOptions, command: Command) => {
			const bytes = Uint8Array.from(readFileSync(file));
			const said = readKeyStatement(bytes);
			if (said === undefined)
				throw new OperatorError("key", file + " is no product key's statement.");
			const signer = signerKeyOf(keys, said.product);
			const signed = addSignature(bytes, keyStatementContext, signer);
			if (signed === undefined) {
				const message = "Your key is none of those who have to agree to " + file + ".";
				throw new OperatorError("key", message);
			}
			rewriteDurably(file, signed);
			const { product, generation } = said;
			const signatures = signatureCount(signed);
			const count = `Generation ${generation} of ${product} has ${signatures} of its signatures.`;
			const text = count + " With enough: opendms product key " + shellWord(file);
			say(command, terminal, { file, product, generation, signatures }, text);
		});
}

function say(command: Command, terminal: Terminal, json: object, text: string): void {
	printReport(command, terminal, { json, text });
}
