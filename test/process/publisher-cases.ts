/** The commands of `opendms` that need no service: help, keys and bundles. */

import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { espImage } from "../dms/esp-image.js";
import type { Case } from "./case.js";

const help: readonly Case[] = [
	{ line: "opendms --help", out: /^Usage: opendms [^]*\nA service[^]*\nFirmware[^]*OPENDMS_DATA/ },
	{ line: "opendms help", out: /^Usage: opendms / },
	{ line: "opendms help bundle", out: /^Usage: opendms bundle / },
	{ line: "opendms bundle build --help", out: /--product <code> .*\(required\)\n/ },
	{ line: "opendms --version", out: /^\d+\.\d+\.\d+\n$/ },
	{
		line: "opendms --help",
		promise: "help names the command as it was typed",
		environment: { npm_command: "exec" },
		out: /^Usage: npx opendms /,
	},
	{ line: "opendms", code: 1, out: "", error: /^Usage: opendms / },
	{ line: "opendms user", code: 1, out: "", error: /^Usage: opendms user / },
	{ line: "opendms nonsense", code: 1, error: /There are: init, serve.* See: opendms --help\n$/ },
	{ line: "opendms --nonsense", code: 1, error: /See: opendms --help\n$/ },
	{ line: "opendms user add", code: 1, error: /See: opendms user add --help\n$/ },
	{ line: "opendms user add a b", code: 1, error: /See: opendms user add --help\n$/ },
	{
		line: "opendms user --json",
		code: 1,
		error: /^\{"error":\{"rule":"usage","message":"A command/,
	},
];

const keys: readonly Case[] = [
	{ line: "opendms key platform esp32", out: /\n04[0-9a-f]{128}\n$/ },
	{ line: "opendms key platform board", code: 1, error: /is there already\. Devices trust it/ },
	{ line: "opendms key platform 'x y'", code: 1, error: /A platform is lower case/ },
	{ line: "opendms key platform esp32 --keys /proc/none", code: 1, error: /^opendms: ENOENT/ },
	{ line: "opendms key show board", out: /^04[0-9a-f]{128}\n$/ },
	{ line: "opendms key show esp32", code: 1, error: /There is no .*platform-esp32\.key\. Make it/ },
	{
		line: "opendms key product ACME-BELL --platform board",
		out: /opendms product key .*statement\n$/,
	},
	{ line: "opendms key product ACME-LAMP --platform board --restate", out: /opendms product key / },
	{ line: "opendms key product ACME-LAMP --platform board", code: 1, error: /--replace\n$/ },
	{
		line: "opendms key signer ACME-LAMP",
		out: /^For opendms key product ACME-LAMP --signers:\n04[0-9a-f]{128}\n$/,
	},
	{ line: "opendms key signer lamp", code: 1, error: /A product's code is upper/ },
	{
		line: "opendms key product ACME-LAMP --platform board --replace --signers 04ff",
		code: 1,
		error: /04ff is no public key\. Make one: opendms key signer <product>\n$/,
	},
	{
		line: "opendms key sign state/publisher/product-ACME-LAMP.statement",
		promise: "a key that nobody else has to agree to",
		code: 1,
		error: /There is no .*signer-ACME-LAMP\.key/,
	},
	{ line: "opendms key sign lamp.image", code: 1, error: /is no product key's statement/ },
	{
		line: "opendms key product lamp --platform board",
		code: 1,
		error: /A product's code is upper/,
	},
];

/** Of a kind of chip that the product isn't for. */
function otherChip(folder: string): void {
	writeFileSync(join(folder, "chip.bin"), espImage({ chip: 5, version: "1.0.0.0" }));
}

const bundles: readonly Case[] = [
	{
		line: "opendms bundle build lamp.image --product ACME-LAMP",
		out: /opendms bundle publish ACME-LAMP-0\.4\.0\.0\.bundle\n$/,
		check: (folder) => assert.ok(existsSync(join(folder, "ACME-LAMP-0.4.0.0.bundle"))),
	},
	{
		line: "opendms bundle build lamp.image --product ACME-LAMP --version 0.5.0.0",
		code: 1,
		error: /lamp\.image is of version 0\.4\.0\.0, not 0\.5\.0\.0\.\n$/,
	},
	{
		line: "opendms bundle build lamp.image --product ACME-LAMP --platform esp32",
		code: 1,
		error: /lamp\.image is of platform board, not esp32\.\n$/,
	},
	{
		line: "opendms bundle build chip.bin --product ACME-LAMP",
		promise: "an image for other hardware than the key's",
		prepare: otherChip,
		code: 1,
		error: /The key of ACME-LAMP is for board, and the image for esp32c3\.\n$/,
	},
	{
		line: "opendms bundle build x.txt --product ACME-LAMP",
		promise: "a text is no firmware",
		prepare: (folder) => writeFileSync(join(folder, "x.txt"), "lamp"),
		code: 1,
		error: /x\.txt is no firmware/,
	},
	{
		line: "opendms bundle build cut.image --product ACME-LAMP",
		promise: "an image that is cut off",
		prepare(folder) {
			const whole = readFileSync(join(folder, "lamp.image"));
			writeFileSync(join(folder, "cut.image"), whole.subarray(0, 10_000));
		},
		code: 1,
		error: /cut\.image is cut off/,
	},
	{
		line: "opendms bundle sign lamp.bundle",
		promise: "a bundle that one key signs",
		code: 1,
		error: /There is no .*signer-ACME-LAMP\.key/,
	},
	{ line: "opendms bundle sign lamp.image", code: 1, error: /lamp\.image is no bundle\.\n$/ },
	{ line: "opendms bundle build nothing --product ACME-LAMP", code: 1, error: /^opendms: ENOENT/ },
	{ line: "opendms bundle build . --product ACME-LAMP", code: 1, error: /^opendms: EISDIR/ },
	{
		line: "opendms bundle build lamp.image --product ACME-LAMP --out no/where.bundle",
		code: 1,
		error: /^opendms: ENOENT.*no\/where\.bundle/,
	},
	{
		line: "opendms bundle build lamp.image",
		code: 1,
		error: /See: opendms bundle build --help\n$/,
	},
	{
		line: "opendms bundle build lamp.image --product ACME-BELL",
		code: 1,
		error: /There is no .*key/,
	},
];

export const publisherCases: readonly Case[] = [...help, ...keys, ...bundles];
