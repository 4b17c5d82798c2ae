/** What a device must not run, whoever sends it: a thief of the whole service included. */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { cryptoOperations } from "../../hosts/board/crypto.js";
import { bytesOf } from "../../hosts/board/operations.js";
import type { Host } from "../../src/host.js";
import { DfuError, DfuStatus } from "../../src/update/status.js";
import { statementIn } from "../../src/update/trust.js";
import { type Bundle, BundleService } from "./bundle-service.js";
import { Field, type Run } from "./field.js";
import { bundleOf, newImage, newVersion, oldImage } from "./fleet.js";
import { keysOf, keyStatement, platformKeys, productKeys, statement } from "./publisher.js";

const field = await Field.open();
after(() => field.close());
const blockLength = 4096;
/** Of a run, in seconds since 1970: within the first day of the field. */
const longAgo = 1_000_000_000;

/** Types `dfu_update`; answers `dfu.status`. The device must still run what it did. */
async function statusOf(run: Run): Promise<number> {
	const { board, terminal } = run;
	const boots = board.boots;
	const slot = Buffer.from(run.state.read("ota_0.bin") ?? []);
	assert.match(await terminal.type("dfu_update"), /Command failed/);
	assert.ok(slot.equals(run.state.read("ota_0.bin") ?? Buffer.alloc(0)), "the image is untouched");
	assert.equal(board.boots, boots, "nothing was started");
	return Number((await terminal.type("get dfu.status")).split("\r\n").at(-1));
}

async function statusWith(
	bundle: Bundle,
	also?: (bundles: BundleService) => void,
): Promise<number> {
	return field.run({ processor: "v8" }, async (run) => {
		run.bundles.bundle = bundle;
		also?.(run.bundles);
		await run.terminal.powerOn();
		return statusOf(run);
	});
}

const withStatement = (bytes: Uint8Array): Bundle => bundleOf(newImage, {}, bytes);

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
	const copy = Uint8Array.from(bytes);
	copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
	return copy;
}

test("a statement with any one bit flipped is refused", (context) => {
	const small = statement(newImage.subarray(0, 2 * blockLength));
	const system = { platform: "board", platformKey: platformKeys.publicKey };
	const host = { crypto: boardCrypto, system };
	const { publicKey: key } = productKeys;
	const fields = { product: "ACME-LAMP", generation: 1, key };
	const record = { sequence: 0, bundle: "", trial: undefined, starts: 0, fields };
	assert.equal(statementIn(host, record, small, 0).sequence, 1, "unchanged, it is taken");
	for (let bit = 0; bit < 8 * small.length; bit++) {
		const attempt = (): unknown => statementIn(host, record, flipped(small, bit), 0);
		assert.throws(
			attempt,
			(error) => error instanceof DfuError && isRefusal(error.status),
			"bit " + bit,
		);
	}
	context.diagnostic(8 * small.length + " bits, none accepted");
});

/** As much of the board's cryptography as a statement takes. */
const operations = cryptoOperations(() => new Uint8Array(0));
const boardCrypto: Pick<Host["crypto"], "digest" | "sha256" | "verify"> = {
	sha256: (bytes) => bytesOf(operations["crypto.sha256"]?.(bytes)),
	digest: () => {
		const id = operations["digest.open"]?.();
		return {
			write: (bytes: Uint8Array) => void operations["digest.write"]?.(id, bytes),
			close: () => bytesOf(operations["digest.close"]?.(id)),
		};
	},
	verify: (...parameters) => operations["crypto.verify"]?.(...parameters) === true,
};

function isRefusal(status: DfuStatus): boolean {
	return status === DfuStatus.ApplicationSignatureInvalid || status === DfuStatus.BadStatement;
}

const thief = keysOf("thief");
const refused: readonly (readonly [what: string, bundle: Bundle, status: DfuStatus])[] = [
	["another product's", bundleOf(newImage, { product: "OTHER" }), DfuStatus.WrongProduct],
	["another platform's", bundleOf(newImage, { platform: "esp32" }), DfuStatus.WrongPlatform],
	["expired", bundleOf(newImage, { expires: longAgo }), DfuStatus.Expired],
	["below its own floor", bundleOf(newImage, { floor: "0.2.0.1" }), DfuStatus.BelowFloor],
	[
		"signed by the thief",
		withStatement(statement(newImage, {}, thief)),
		DfuStatus.ApplicationSignatureInvalid,
	],
	[
		"signed by the platform's key",
		withStatement(statement(newImage, {}, platformKeys)),
		DfuStatus.ApplicationSignatureInvalid,
	],
	[
		"a key statement",
		withStatement(keyStatement({}, productKeys)),
		DfuStatus.ApplicationSignatureInvalid,
	],
	["nonsense", withStatement(Uint8Array.of(1, 2, 3)), DfuStatus.BadStatement],
	["of blocks too long", bundleOf(newImage, { block: 135_168 }), DfuStatus.BadStatement],
	["of blocks that no flash has", bundleOf(newImage, { block: 5000 }), DfuStatus.BadStatement],
	["of too few blocks", bundleOf(newImage, { blocks: new Uint8Array(32) }), DfuStatus.BadStatement],
	["of no version", bundleOf(newImage, { version: "2" }), DfuStatus.BadStatement],
	[
		"with another digest",
		bundleOf(newImage, { digest: new Uint8Array(32) }),
		DfuStatus.ApplicationFileInvalid,
	],
];

for (const [what, bundle, status] of refused) {
	test("an update is refused that is " + what, async () => {
		assert.equal(await statusWith(bundle), status);
	});
}

test("an image longer than the slot is refused before a byte of it is asked for", async () => {
	const image = new Uint8Array(0x1e0000 + 1);
	const bundle = bundleOf(image, { block: 16_384 });
	assert.equal(await statusWith(bundle), DfuStatus.BadStatement, "its statement is too long too");
});

test("an image with a changed byte is refused, whichever block it is in", async (context) => {
	const blocks = Math.ceil(newImage.length / blockLength);
	await field.run({ processor: "v8" }, async (run) => {
		await run.terminal.powerOn();
		for (let block = 0; block < blocks; block++) {
			run.bundles.bundle = {
				...bundleOf(newImage),
				image: flipped(newImage, 8 * (block * blockLength + 7)),
			};
			assert.equal(await statusOf(run), DfuStatus.ApplicationFileInvalid, "block " + block);
		}
	});
	context.diagnostic(blocks + " blocks, none accepted");
});

test("an image that isn't what was asked for is refused", async () => {
	const bundle = bundleOf(newImage);
	const range = "bytes 0-" + (newImage.length - 1) + "/" + newImage.length;
	const part = (body: Uint8Array, contentRange: string, status = 206): Response =>
		new Response(Uint8Array.from(body), { status, headers: { "content-range": contentRange } });
	const longer = Buffer.concat([newImage, Buffer.alloc(1)]);
	const answers: readonly (readonly [string, Response, DfuStatus])[] = [
		["the range is ignored", part(newImage, "", 200), DfuStatus.BadImageReply],
		["a byte more", part(longer, range), DfuStatus.BadImageReply],
		["a byte less", part(newImage.subarray(1), range), DfuStatus.BadImageReply],
		["another range", part(newImage, range.replace("bytes 0", "bytes 1")), DfuStatus.BadImageReply],
		["no range", part(newImage, ""), DfuStatus.BadImageReply],
		["nothing", new Response(null, { status: 204 }), DfuStatus.BadImageReply],
		["elsewhere", new Response(null, { status: 302 }), DfuStatus.BadImageReply],
	];
	for (const [what, answer, status] of answers) {
		const also = (bundles: BundleService): void => void (bundles.imageFault = () => answer);
		assert.equal(await statusWith(bundle, also), status, what);
	}
});

test("an older sequence or a version below the floor is refused, after a reset too", async () => {
	await field.run({ processor: "v8" }, async (run) => {
		const { terminal, bundles } = run;
		await terminal.powerOn();
		bundles.bundle = bundleOf(newImage, { sequence: 5, floor: "0.1.5.0" });
		terminal.send("dfu_update");
		await terminal.until("[Updated to " + newVersion);
		const mac = (await terminal.type("get wlan.mac")).split("\r\n").at(-1) ?? "";
		for (const isReset of [false, true]) {
			if (isReset) {
				terminal.send("factory_reset " + mac);
				await terminal.until("[Ready]\r\n> ");
				await terminal.type("set wlan.ssid demo");
				await terminal.type('set wlan.passkey "correct horse"');
			}
			bundles.bundle = bundleOf(oldImage, { sequence: 4, version: "0.1.9.0" });
			assert.equal(await statusAfter(run), DfuStatus.OlderSequence);
			bundles.bundle = bundleOf(oldImage, { sequence: 6, version: "0.1.4.9" });
			assert.equal(await statusAfter(run), DfuStatus.BelowFloor);
		}
	});
});

/** As `statusOf`, once the device runs from its second slot. */
async function statusAfter({ terminal }: Run): Promise<number> {
	assert.match(await terminal.type("dfu_update"), /Command failed/);
	return Number((await terminal.type("get dfu.status")).split("\r\n").at(-1));
}

test("whether an update has expired is judged by the service's time", async () => {
	await field.run({ processor: "v8" }, async (run) => {
		const { board, clock, terminal, bundles } = run;
		await terminal.powerOn();
		await terminal.type("dfu_query");
		board.jumpClock(-1000 * 86_400_000);
		bundles.bundle = bundleOf(newImage, { expires: Math.floor(clock.now() / 1000) - 86_400 });
		assert.equal(await statusAfter(run), DfuStatus.Expired);
		assert.deepEqual(bundles.ranges, [], "nothing of it was fetched");
	});
});

test("only a key of a higher generation replaces the product's key", async () => {
	const next = keysOf("next product key");
	const bundle = withStatement(statement(newImage, { sequence: 2 }, next));
	const keys: readonly (readonly [string, Uint8Array, DfuStatus])[] = [
		["the same generation", keyStatement({ key: next.publicKey }), DfuStatus.OlderKey],
		["a lower one", keyStatement({ key: next.publicKey, generation: 0 }), DfuStatus.OlderKey],
		[
			"signed by the thief",
			keyStatement({ key: next.publicKey, generation: 2 }, thief),
			DfuStatus.ProductKeySignatureInvalid,
		],
		[
			"another product's",
			keyStatement({ key: next.publicKey, generation: 2, product: "OTHER" }),
			DfuStatus.WrongProduct,
		],
		[
			"another platform's",
			keyStatement({ key: next.publicKey, generation: 2, platform: "esp32" }),
			DfuStatus.WrongPlatform,
		],
	];
	for (const [what, key, status] of keys) {
		const also = (bundles: BundleService): void => void (bundles.offeredKey = key);
		assert.equal(await statusWith(bundle, also), status, what);
	}
	await field.run({ processor: "v8" }, async (run) => {
		const { terminal, bundles } = run;
		await terminal.powerOn();
		bundles.bundle = bundle;
		bundles.offeredKey = keyStatement({ key: next.publicKey, generation: 2 });
		terminal.send("dfu_update");
		await terminal.until("[Updated to " + newVersion);
		bundles.offeredKey = undefined;
		bundles.bundle = bundleOf(oldImage, { version: "0.3.0.0", sequence: 3 });
		assert.equal(
			await statusAfter(run),
			DfuStatus.ApplicationSignatureInvalid,
			"the old key is void",
		);
	});
});
