/** `opendms product`: what devices become. */

import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import type { NewProduct, Product } from "../administration/products.js";
import { OperatorError } from "../operator-error.js";
import type { Administration } from "../service.js";
import { confirm, type ConfirmOptions, yesOption } from "./confirm.js";
import { report } from "./report.js";
import { addSteppingStones } from "./stepping-stones.js";
import type { Terminal } from "./terminal.js";
import { facts, parseDuration, table, timeText, yesNo } from "./text.js";

export function addProductCommands(program: Command, terminal: Terminal): void {
	const product = program.command("product").description("what devices become");
	addAdd(product, terminal);
	addCorrections(product, terminal);
	addViews(product, terminal);
	addChanges(product, terminal);
	addUpdates(product, terminal);
	addFactory(product, terminal);
	addSteppingStones(product, terminal);
}

function addAdd(product: Command, terminal: Terminal): void {
	product
		.command("add <code>")
		.description("add a product; a code is such as ACME-LAMP")
		.requiredOption("--title <title>", "its name for people")
		.requiredOption("--platform <platform>", "the hardware its firmware is for, such as esp32")
		.requiredOption("--owner <user>", "the user who owns it")
		.option("--production", "devices never leave it")
		.option(...yesOption)
		.option("--locked", "devices on it can't be claimed")
		.action((code: string, options: Omit<NewProduct, "code">, command: Command) =>
			report(command, terminal, async (service) => {
				const { title, platform, owner, production = false, locked = false } = options;
				if (production) await confirm(command, terminal, productionOf(code));
				const values = { code, title, platform, owner, production, locked };
				const json = await service.products.add(values);
				return { json, text: "Product " + code + " added." };
			}),
		);
}

interface Corrections extends ConfirmOptions {
	readonly title?: string;
	readonly platform?: string;
	readonly owner?: string;
	readonly production?: boolean;
	readonly development?: boolean;
}

function addCorrections(product: Command, terminal: Terminal): void {
	product
		.command("set <code>")
		.description("correct a product; its platform and kind while nothing depends on them")
		.option("--title <title>", "its name for people")
		.option("--platform <platform>", "the hardware its firmware is for")
		.option("--owner <user>", "the user who owns it")
		.addOption(new Option("--production", "devices never leave it").conflicts("development"))
		.option("--development", "devices may leave it")
		.option(...yesOption)
		.action((code: string, options: Corrections, command: Command) =>
			report(command, terminal, async (service) => {
				const { production, development, yes: _, ...changes } = options;
				if (Object.keys(options).length === 0) throw new OperatorError("usage", nothingToSet);
				if (production === true) await confirm(command, terminal, productionOf(code));
				const isKind = production === true || development === true;
				const kind = isKind ? { production: production === true } : {};
				const json = await service.products.set(code, { ...changes, ...kind });
				return { json, text: facts(factsOf(json)) };
			}),
		);
	product
		.command("remove <code>")
		.description("remove a product that has no devices and no bundles")
		.action((code: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				await service.products.remove(code);
				return { json: { code }, text: "Product " + code + " removed." };
			}),
		);
}

function productionOf(code: string): string {
	return `A device that is put on ${code} stays on it for ever.`;
}

const nothingToSet = "Say what to correct. See: opendms product set --help";

function addViews(product: Command, terminal: Terminal): void {
	product
		.command("list")
		.description("list all products")
		.action((_options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const json = await service.products.list();
				const head = ["code", "title", "platform", "owner", "production", "locked"];
				return { json, text: table(head, json.map(rowOf)) };
			}),
		);

	product
		.command("show <code>")
		.description("show a product and who may use it")
		.action((code: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const shown = await service.products.show(code);
				const versions = await service.products.versions(code);
				const devices = versions.map((one) => `${one.devices} on ${one.version}`).join(", ");
				const json = { ...shown, versions };
				return { json, text: facts({ ...factsOf(shown), devices: devices || "none" }) };
			}),
		);
}

function addChanges(product: Command, terminal: Terminal): void {
	product
		.command("share <code> <user>")
		.description("let a user activate devices to it")
		.action((code: string, user: string, _options: object, command: Command) =>
			change(command, terminal, code, "shared with " + user, ({ products }) =>
				products.share(code, user),
			),
		);
	product
		.command("unshare <code> <user>")
		.description("no longer let a user activate devices to it")
		.action((code: string, user: string, _options: object, command: Command) =>
			change(command, terminal, code, "no longer shared with " + user, ({ products }) =>
				products.unshare(code, user),
			),
		);
	product
		.command("lock <code>")
		.description("no longer let devices on it be claimed")
		.action((code: string, _options: object, command: Command) =>
			change(command, terminal, code, "locked against claims", ({ products }) =>
				products.lock(code),
			),
		);
	product
		.command("unlock <code>")
		.description("let devices on it be claimed")
		.action((code: string, _options: object, command: Command) =>
			change(command, terminal, code, "open to claims", ({ products }) => products.unlock(code)),
		);
}

function addUpdates(product: Command, terminal: Terminal): void {
	product
		.command("key <statement>")
		.description("take a product's key, the first or the next one: see opendms key product")
		.option(
			"--since <version>",
			"it is by the platform's next key, which firmware has from this version on; or: none",
		)
		.action((file: string, { since }: { readonly since?: string }, command: Command) =>
			report(command, terminal, async (service) => {
				const json = await service.bundles.addKey(Uint8Array.from(readFileSync(file)), since);
				const text = json.product + " has its key of generation " + json.generation + ".";
				return { json, text };
			}),
		);
	product
		.command("floor <code> <version>")
		.description("offer no version below this one any more")
		.action((code: string, version: string, _options: object, command: Command) =>
			change(command, terminal, code, "offered from " + version + " on", ({ products }) =>
				products.setFloor(code, version),
			),
		);
	product
		.command("interval <code>")
		.argument("<duration>", "such as 12h", parseDuration)
		.description("how often devices ask for updates")
		.action((code: string, seconds: number, _options: object, command: Command) =>
			change(command, terminal, code, "asked for every " + seconds + " seconds", ({ products }) =>
				products.setUpdateInterval(code, seconds),
			),
		);
}

function addFactory(product: Command, terminal: Terminal): void {
	product
		.command("factory <code> [file]")
		.description("take what a cable puts onto a blank chip (esptool merge_bin), or show it")
		.option("--remove", "take it away")
		.action((code: string, file: string | undefined, options: FactoryOptions, command: Command) =>
			report(command, terminal, async ({ factoryImages }) => {
				if (options.remove === true) {
					await factoryImages.remove(code);
					return { json: { code }, text: code + " has no factory image any more." };
				}
				const json =
					file === undefined
						? await factoryImages.show(code)
						: await factoryImages.set(code, Uint8Array.from(readFileSync(file)));
				const { version, length, digest, parts } = json;
				const places = parts.map((part) => part.length + " at 0x" + part.address.toString(16));
				return {
					json,
					text: facts({
						code,
						version,
						length: String(length),
						digest,
						"writes bytes": places.join(", "),
					}),
				};
			}),
		);
}

interface FactoryOptions {
	readonly remove?: boolean;
}

function change(
	command: Command,
	terminal: Terminal,
	code: string,
	outcome: string,
	operation: (service: Administration) => Promise<void>,
): Promise<void> {
	return report(command, terminal, async (service) => {
		await operation(service);
		const json = await service.products.show(code);
		return { json, text: "Product " + code + " is " + outcome + "." };
	});
}

function rowOf(product: Product): string[] {
	const { code, title, platform, owner, production, locked } = product;
	return [code, title, platform, owner, yesNo(production), yesNo(locked)];
}

function factsOf(product: Product): { [name: string]: string } {
	return {
		code: product.code,
		title: product.title,
		platform: product.platform,
		owner: product.owner,
		"shared with": product.sharedWith.join(", ") || "nobody",
		production: yesNo(product.production),
		locked: yesNo(product.locked),
		floor: product.floor,
		"asked for updates": "every " + product.updateInterval + " s",
		added: timeText(product.addedAt),
	};
}
