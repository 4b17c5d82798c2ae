/** `opendms bundle`: versions of a product's firmware, and who gets which. */

import { readFileSync, writeFileSync } from "node:fs";
import { Argument, type Command, InvalidArgumentError } from "commander";
import { equal, toHex } from "../../../src/encoding/bytes.js";
import { type Statement, statementContext } from "../../../src/protocol/update.js";
import { shellWord } from "../../command/shell-word.js";
import { rewriteDurably } from "../authority/key-folder.js";
import { sha256 } from "../digest.js";
import type { Bundle } from "../administration/bundles.js";
import { OperatorError } from "../operator-error.js";
import { decodeBundle, encodeBundle, makeBundle } from "../publisher/bundle.js";
import { agreedFacts } from "../publisher/image.js";
import { platformOf, productKeyOf, signerKeyOf, signersOf } from "../publisher/keys.js";
import { addSignature, readUnsigned, signatureCount } from "../publisher/statements.js";
import type { Administration } from "../service.js";
import { confirm, confirmIfAsked, yesOption } from "./confirm.js";
import { printReport, report } from "./report.js";
import { keysOption } from "./key.js";
import type { Terminal } from "./terminal.js";
import { facts, parseCount, parseDuration, table, timeText } from "./text.js";
import type { Tag } from "../storage/schema-updates.js";

export function addBundleCommands(program: Command, terminal: Terminal): void {
	const bundle = program
		.command("bundle")
		.description("versions of a product's firmware, and who gets which");
	addBuild(bundle, terminal);
	addSign(bundle, terminal);
	addPublish(bundle, terminal);
	addViews(bundle, terminal);
	addTags(bundle, terminal);
}

interface BuildOptions {
	readonly keys: string;
	readonly product: string;
	readonly platform?: string;
	readonly version?: string;
	readonly sequence?: number;
	readonly floor?: string;
	readonly life?: number;
	readonly slot?: number;
	readonly out?: string;
}

function addBuild(bundle: Command, terminal: Terminal): void {
	bundle
		.command("build <image>")
		.description("sign an image with its product's key, and make one file of both")
		.requiredOption("--product <code>", "the product it is for")
		.option("--platform <platform>", "the hardware it is for (default: what the image says)")
		.option("--version <version>", "four numbers (default: what the image says)")
		.option("--sequence <n>", "higher than before (default: the time)", parseSequence)
		.option("--floor <version>", "the lowest version that devices may still be given")
		.option("--life <duration>", "how long it may be installed, such as 90d", parseDuration)
		.option("--slot <bytes>", "an app slot's length, if not this project's", parseCount)
		.option("--out <file>", "the file to write (default: <product>-<version>.bundle)")
		.option(...keysOption)
		.action((image: string, options: BuildOptions, command: Command) => {
			const { keys, product, life, floor, slot: slotLength } = options;
			const set = signersOf(keys, product);
			const key = set ? { set, signer: signerKeyOf(keys, product) } : productKeyOf(keys, product);
			const bytes = Uint8Array.from(readFileSync(image));
			const { platform, version } = agreedFacts({ name: image, bytes }, options);
			requireKeyOf(keys, product, platform);
			const { sequence = nowSeconds(), out = product + "-" + version + ".bundle" } = options;
			const expires = life === undefined ? undefined : nowSeconds() + life;
			const about = { product, platform, version, sequence, floor, expires, slotLength };
			const made = makeBundle({ ...about, image: bytes }, key);
			writeFileSync(out, encodeBundle(made));
			const json = { file: out, product, version, sequence, length: bytes.length };
			const file = shellWord(out);
			const text = set
				? `It has 1 of ${set.threshold} signatures. The next person: opendms bundle sign ${file}`
				: "Give it to the service: opendms bundle publish " + file;
			printReport(command, terminal, { json, text });
		});
}

interface SignOptions {
	readonly keys: string;
	readonly image?: string;
}

function addSign(bundle: Command, terminal: Terminal): void {
	bundle
		.command("sign <file>")
		.description("sign a bundle that somebody else has built, as one of several who have to")
		.option("--image <image>", "your own build, which has to be the same to the byte")
		.option(...keysOption)
		.action((file: string, { keys, image }: SignOptions, command: Command) => {
			const read = decodeBundle(Uint8Array.from(readFileSync(file)));
			const said = read && readUnsigned(read.statement);
			if (!read || !said) throw new OperatorError("bundle", file + " is no bundle.");
			requireImage(read.image, said, file, image);
			const signer = signerKeyOf(keys, said.product);
			const statement = addSignature(read.statement, statementContext, signer);
			if (statement === undefined) {
				const message = "Your key is none of those who sign for " + said.product + ".";
				throw new OperatorError("key", message);
			}
			rewriteDurably(file, encodeBundle({ ...read, statement }));
			const signatures = signatureCount(statement);
			const { product, platform, version, sequence, floor } = said;
			const about = { product, platform, version, sequence, floor, image: toHex(said.digest) };
			const json = { file, ...about, signatures };
			const next = "\nWith enough of them: opendms bundle publish " + shellWord(file);
			const texts = { ...about, sequence: String(sequence), signatures: String(signatures) };
			printReport(command, terminal, { json, text: facts(texts) + next });
		});
}

/** Who signs vouches for the image: it is the one stated, and says the same of itself. */
function requireImage(bytes: Uint8Array, said: Statement, file: string, own?: string): void {
	const isStated = said.length === bytes.length && equal(sha256(bytes), said.digest);
	if (!isStated) throw new OperatorError("bundle", file + " has another image than it states.");
	agreedFacts({ name: file, bytes }, said);
	if (own === undefined || equal(sha256(Uint8Array.from(readFileSync(own))), said.digest)) return;
	throw new OperatorError("bundle", own + " is another image than that of " + file + ".");
}

/** Devices of another platform would refuse the key, after the download. */
function requireKeyOf(keys: string, product: string, platform: string): void {
	const stated = platformOf(keys, product) ?? platform;
	if (stated === platform) return;
	const message = "The key of " + product + " is for " + stated + ", and the image for " + platform;
	throw new OperatorError("bundle", message + ".");
}

function addPublish(bundle: Command, terminal: Terminal): void {
	bundle
		.command("publish <file>")
		.description("take a bundle into the service; devices get it once it is tagged")
		.action((file: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const read = decodeBundle(Uint8Array.from(readFileSync(file)));
				if (read === undefined) throw new OperatorError("bundle", file + " is no bundle.");
				const json = await service.bundles.publish(read);
				const next = "opendms bundle tag " + json.product + " " + json.version + " release";
				return { json, text: "Published. To give it to all devices: " + next };
			}),
		);
}

function addViews(bundle: Command, terminal: Terminal): void {
	bundle
		.command("list <product>")
		.description("list a product's bundles, the newest first")
		.action((product: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const json = await service.bundles.list(product);
				const head = ["version", "sequence", "tags", "reports", "published"];
				return { json, text: table(head, json.map(rowOf)) };
			}),
		);
	bundle
		.command("show <product> <version>")
		.description("show a bundle, and how it fares on devices")
		.action((product: string, version: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const json = await service.bundles.show(product, version);
				return { json, text: facts(factsOf(json)) };
			}),
		);
}

interface TagOptions {
	readonly percent?: number;
	readonly stopAt?: number;
}

function addTags(bundle: Command, terminal: Terminal): void {
	const tagArgument = new Argument("<tag>", "which devices get it").choices([
		"release",
		"beta",
		"alpha",
	]);
	bundle
		.command("tag <product> <version>")
		.addArgument(tagArgument)
		.description("give devices this bundle: all of them, or those tagged beta or alpha")
		.option("--percent <n>", "to this share of the devices only", parsePercent)
		.option("--stop-at <n>", "stop when more than this share fails (default: 10)", parsePercent)
		.option(...yesOption)
		.action((product: string, version: string, tag: Tag, options: TagOptions, command: Command) =>
			report(command, terminal, async (service) => {
				if (tag === "release" && (options.percent ?? 100) === 100) {
					await confirmForMany(command, terminal, service, product, version);
				}
				const rollOut = { percent: options.percent, failurePercent: options.stopAt };
				await service.bundles.tag(product, version, tag, rollOut);
				const json = await service.bundles.show(product, version);
				return {
					json,
					text: version + " is the " + tag + " of " + product + ofShare(options.percent),
				};
			}),
		);
	bundle
		.command("untag <product>")
		.addArgument(tagArgument)
		.description("take a tag away")
		.action((product: string, tag: Tag, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				await service.bundles.untag(product, tag);
				return { json: { product, tag }, text: product + " has no " + tag + " now." };
			}),
		);
	addPauses(bundle, terminal, tagArgument);
	addWithdraw(bundle, terminal);
}

function addPauses(bundle: Command, terminal: Terminal, tagArgument: Argument): void {
	for (const [name, description] of [
		["pause", "give no device this bundle, until you resume it"],
		["resume", "go on with a roll-out that has stopped"],
	] as const) {
		bundle
			.command(name + " <product>")
			.addArgument(tagArgument)
			.description(description)
			.action((product: string, tag: Tag, _options: object, command: Command) =>
				report(command, terminal, async (service) => {
					await service.rollOuts[name](product, tag);
					const json = await service.rollOuts.show(product, tag);
					const text = `The ${tag} of ${product} ` + (name === "pause" ? "waits." : "goes on.");
					return { json, text };
				}),
			);
	}
}

function addWithdraw(bundle: Command, terminal: Terminal): void {
	bundle
		.command("withdraw <product> <version>")
		.description("let no device get this bundle any more")
		.option(...yesOption)
		.action((product: string, version: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const what = `No device gets ${version} of ${product} any more, ever.`;
				await confirm(command, terminal, what);
				await service.bundles.withdraw(product, version);
				const json = await service.bundles.show(product, version);
				return { json, text: version + " of " + product + " is withdrawn." };
			}),
		);
}

/** Fewer are a desk's; a roll-out to many begins with a share of them. */
const manyDevices = 10;

async function confirmForMany(
	command: Command,
	terminal: Terminal,
	{ devices }: Administration,
	product: string,
	version: string,
): Promise<void> {
	let count = 0;
	for await (const page of devices.pages({ product }, { limit: manyDevices + 1 })) {
		count += page.length;
	}
	if (count <= manyDevices) return;
	const what = `All devices on ${product} get ${version} at once; a share first: --percent 10.`;
	await confirmIfAsked(command, terminal, what);
}

function ofShare(percent = 100): string {
	return percent === 100 ? " now." : " now, for " + percent + " % of its devices.";
}

function rowOf(bundle: Bundle): string[] {
	const { version, sequence, publishedAt } = bundle;
	return [version, String(sequence), tagsText(bundle), reportsText(bundle), timeText(publishedAt)];
}

function factsOf(bundle: Bundle): { [name: string]: string } {
	const { id, product, version, sequence, platform, length, expiresAt, withdrawnAt } = bundle;
	return {
		bundle: id,
		product,
		version,
		sequence: String(sequence),
		platform,
		length: length + " bytes",
		tags: tagsText(bundle),
		"dfu.status reported": reportsText(bundle),
		published: timeText(bundle.publishedAt),
		...(expiresAt !== null && { expires: timeText(expiresAt) }),
		...(withdrawnAt !== null && { withdrawn: timeText(withdrawnAt) }),
		...(bundle.isOfOldKey && { key: "replaced: build and publish it again" }),
	};
}

function tagsText({ tags, withdrawnAt }: Bundle): string {
	if (withdrawnAt !== null) return "withdrawn";
	const texts = tags.map(({ tag, percent, haltedAt }) => {
		const share = percent < 100 ? " " + percent + " %" : "";
		return tag + share + (haltedAt === null ? "" : " (stopped)");
	});
	return texts.join(", ") || "-";
}

function reportsText({ reports }: Bundle): string {
	const texts = Object.entries(reports).map(([status, count]) => status + ": " + count);
	return texts.join(", ") || "-";
}

function nowSeconds(): number {
	return Math.floor(Date.now() / 1000);
}

function parseSequence(text: string): number {
	if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
	throw new InvalidArgumentError("Write a whole number from 1 on.");
}

function parsePercent(text: string): number {
	if (/^\d{1,3}$/.test(text) && Number(text) <= 100) return Number(text);
	throw new InvalidArgumentError("Write a whole number from 0 to 100.");
}
