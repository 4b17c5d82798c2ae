/** `npm run chip` as a process, over a stand-in for QEMU: what it says, and the way it goes. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildImage } from "../../hosts/board/build-image.js";
import { encodeImage } from "../../hosts/board/image.js";
import { imageOf } from "../board/image.js";
import { platformKeys } from "../update/publisher.js";

const main = fileURLToPath(new URL("../../bench/chip/main.js", import.meta.url));
const bench = fileURLToPath(new URL("../../bench/main.js", import.meta.url));
const fakeQemu = fileURLToPath(new URL("fake-qemu.js", import.meta.url));
const fakeMcconfig = fileURLToPath(new URL("fake-mcconfig.js", import.meta.url));
const app = fileURLToPath(new URL("chip-app.js", import.meta.url));
/** Bytes, about. */
const chipImageLength = 1_200_000;
const folder = mkdtempSync(join(tmpdir(), "opendms-"));
after(() => rmSync(folder, { recursive: true }));

function run(parameters: readonly string[], environment: NodeJS.ProcessEnv = {}) {
	const env = { ...process.env, MODDABLE: "", IDF_PATH: "", ...environment };
	return spawnSync(process.execPath, [main, ...parameters], { env, encoding: "utf8" });
}

/** A program of a few lines, as `path`. */
function script(name: string, lines: string): string {
	const path = join(folder, name);
	writeFileSync(path, "#!/bin/sh\n" + lines + "\n");
	chmodSync(path, 0o755);
	return path;
}

const qemu = script("fake-qemu", `exec "${process.execPath}" "${fakeQemu}" "$@"`);

/** An ELF file of 32 bits with one section of variables: 1,000 bytes at the start of the RAM. */
function elf(): Uint8Array {
	const bytes = new Uint8Array(52 + 40);
	const view = new DataView(bytes.buffer);
	view.setUint32(0, 0x7f45_4c46);
	bytes[4] = 1;
	view.setUint32(32, 52, true);
	view.setUint16(48, 1, true);
	for (const [at, value] of [
		[8, 3],
		[12, 0x3fc8_0000],
		[20, 1000],
	] as const) {
		view.setUint32(52 + at, value, true);
	}
	return bytes;
}

/** Images of the virtual board, as long as a chip's are, in the places of a chip's. */
function firmware(): string {
	for (const version of ["0.1.0.0", "0.2.0.0"]) {
		const place = join(folder, "firmware", version);
		mkdirSync(place, { recursive: true });
		const image = buildImage({ app, version, platformKey: platformKeys.publicKey });
		const { modules, digest: _digest, ...head } = imageOf(image);
		const filler = { name: "filler", source: "//".padEnd(chipImageLength - image.length, "0") };
		writeFileSync(join(place, "xs_esp32.bin"), encodeImage(head, [filler, ...modules]));
		writeFileSync(join(place, "xs_esp32.elf"), elf());
		for (const part of ["bootloader", "partition-table", "ota_data_initial"]) {
			writeFileSync(join(place, part + ".bin"), part);
		}
	}
	return join(folder, "firmware");
}

/** The environment of one who has the SDK and ESP-IDF; `firmware` is what their build makes. */
function withSdk(firmware: string): NodeJS.ProcessEnv {
	const sdk = join(folder, "sdk");
	const tools = join(sdk, "build/bin/lin/release");
	const devices = join(sdk, "build/devices/esp32");
	for (const place of [tools, devices, join(sdk, "tools")]) mkdirSync(place, { recursive: true });
	writeFileSync(join(sdk, "tools/VERSION"), "8.2.3\n");
	writeFileSync(join(devices, "manifest.json"), '{"build": {"EXPECTED_ESP_IDF": "v6.0"}}');
	script("sdk/build/bin/lin/release/mcconfig", `exec "${process.execPath}" "${fakeMcconfig}" "$@"`);
	script("idf.py", "exit 0");
	const idf = join(folder, "idf");
	const identity = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org"];
	for (const words of [
		["init", "-q", idf],
		["-C", idf, ...identity, "commit", "-q", "--allow-empty", "-m", "6.0"],
		["-C", idf, ...identity, "tag", "-a", "-m", "6.0", "v6.0"],
	]) {
		assert.equal(spawnSync("git", words).status, 0);
	}
	const PATH = folder + delimiter + process.env.PATH;
	return { MODDABLE: sdk, IDF_PATH: idf, FAKE_FIRMWARE: firmware, PATH };
}

test("what is missing for an emulated chip is said in one line", () => {
	const sentences: readonly (readonly [parameters: string[], sentence: RegExp])[] = [
		[[], /^Say where QEMU is: .* --qemu PATH\n$/],
		[["--qemu", join(folder, "none")], /^.*none does not run\.\n$/],
		[["--qemu", script("other", "echo none")], /^.*other has no machine esp32c3: .*\n$/],
		[["--qemu", qemu], /^MODDABLE is not set: .*\n$/],
		[["--qemu", qemu, "--firmware", folder], /^There is no .*bootloader\.bin\n$/],
	];
	for (const [parameters, sentence] of sentences) {
		const { status, stderr } = run(parameters);
		assert.match(stderr, sentence);
		assert.equal(status, 1);
	}
});

test("an emulator that ends is an error that names its last words", () => {
	const lines =
		'[ "$1" = -machine ] && echo "esp32c3  a chip" && exit\necho "no flash" >&2; exit 1';
	const { status, stderr } = run(["--qemu", script("ends", lines), "--firmware", firmware()]);
	assert.match(stderr, /^QEMU has ended: no flash\n$/);
	assert.equal(status, 1);
});

test("firmware is built, the whole way made with power cut in it, and figures are said", () => {
	const parameters = ["--qemu", qemu, "--host", "127.0.0.1", "--work", join(folder, "work")];
	const { status, stdout, stderr } = run([...parameters, "--keep-nothing"], withSdk(firmware()));
	assert.equal(stderr, "");
	assert.match(stdout, /updated to 0\.2\.0\.0\na bad update went back\n/);
	assert.match(
		stdout,
		/staticBytes +1,000\nfreeHeapBytes +150,000\nsmallestFreeHeapBytes +140,000/,
	);
	assert.match(stdout, /instructions\npublicKey +125,000\nsign +250,000\nverify +375,000\n/);
	assert.equal(status, 0);
});

test("a command that fails ends the way with its sentence", () => {
	const place = join(firmware(), "0.2.0.0");
	writeFileSync(join(place, "xs_esp32.bin"), new Uint8Array(chipImageLength).fill(1));
	const parameters = ["--qemu", qemu, "--host", "127.0.0.1", "--work", join(folder, "work")];
	const { status, stderr } = run([...parameters, "--firmware", join(folder, "firmware")]);
	assert.equal(stderr, "dfu_update: This device can't start that image.\n");
	assert.equal(status, 1);
});

test("the figures of the last run are there for who asks", () => {
	const { stdout } = spawnSync(process.execPath, [bench, "chip", "--json"], { encoding: "utf8" });
	const figures: unknown = JSON.parse(stdout);
	const text = readFileSync(join(main, "../../../../bench/chip.json"), "utf8");
	const { instructions, ...kept } = JSON.parse(text);
	assert.deepEqual(figures, kept);
	assert.deepEqual(Object.keys(instructions), ["publicKey", "sign", "verify", "sha256"]);
	const names = ["freeHeapBytes", "imageBytes", "measured", "smallestFreeHeapBytes", "staticBytes"];
	assert.deepEqual(Object.keys(kept).sort(), names);
});
