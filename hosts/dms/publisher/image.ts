/**
 * What an image says of itself, read before it is signed: a wrong one is found at the desk, not by
 * devices that have downloaded it.
 */

import { decodeMap } from "../../../src/protocol/message-pack.js";
import { isVersion } from "../../../src/protocol/version.js";
import { type ByteSource, digestOfSource, partOf, sourceOf } from "../byte-source.js";
import { OperatorError } from "../operator-error.js";

interface ImageFacts {
	/** `undefined` when the image doesn't say it. */
	readonly platform: string | undefined;
	/** Four numbers; `undefined` when the image doesn't say it, or in other words. */
	readonly version: string | undefined;
}

/** What to call the image in sentences, and its bytes. */
interface ImageFile {
	readonly name: string;
	readonly bytes: Uint8Array | ByteSource;
}

const digestLength = 32;

/** Reads the head of an image for a virtual board or a chip of Espressif's, and checks it whole. */
function readImageFacts({ name, bytes }: ImageFile): ImageFacts {
	const image = sourceOf(bytes);
	const head = image.read(0, Math.min(boardMagic.length, image.length));
	if (head.equals(boardMagic)) return boardFacts(name, image);
	if (head[0] === espMagic) return espFacts(name, image);
	const message = name + " is no firmware: neither of ESP-IDF's nor of a virtual board.";
	throw new OperatorError("bundle", message);
}

/** hosts/board/image.ts: magic, length of head and of modules, both, SHA-256. */
const boardMagic = Buffer.from("ODMS");
const boardPrefixLength = 12;

function boardFacts(name: string, image: ByteSource): ImageFacts {
	if (image.length < boardPrefixLength) throw cutOff(name);
	const prefix = image.read(0, boardPrefixLength);
	const headLength = prefix.readUInt32LE(4);
	const end = boardPrefixLength + headLength + prefix.readUInt32LE(8);
	checkDigest(name, image, end);
	const head = image.read(boardPrefixLength, boardPrefixLength + headLength);
	const { platform, version } = decodeMap(head) ?? {};
	return { platform: textOf(platform), version: versionOf(textOf(version)) };
}

/** `esp_image_header_t`, `esp_image_segment_header_t` and `esp_app_desc_t` of ESP-IDF. */
const espMagic = 0xe9;
const espHeaderLength = 24;
const espSegmentHeaderLength = 8;
const espAppMagic = 0xabcd5432;
const espAppVersionOffset = 16;
const espAppVersionLength = 32;
/** Segments are padded so that the checksum is the last of so many bytes. */
const espAlignment = 16;

/** `esp_chip_id_t`, as our firmware for the chip calls its platform. */
const espChips: { readonly [id: number]: string } = Object.freeze({
	0x0000: "esp32",
	0x0002: "esp32s2",
	0x0005: "esp32c3",
	0x0009: "esp32s3",
	0x000c: "esp32c2",
	0x000d: "esp32c6",
	0x0010: "esp32h2",
	0x0012: "esp32p4",
	0x0014: "esp32c61",
	0x0017: "esp32c5",
});

function espFacts(name: string, image: ByteSource): ImageFacts {
	const appStart = espHeaderLength + espSegmentHeaderLength;
	if (image.length < appStart + espAppVersionOffset + espAppVersionLength) throw cutOff(name);
	const head = image.read(0, appStart + espAppVersionOffset + espAppVersionLength);
	let end = espHeaderLength;
	for (let segments = head.readUInt8(1); segments > 0; segments--) {
		if (end + espSegmentHeaderLength > image.length) throw cutOff(name);
		end += espSegmentHeaderLength + image.read(end + 4, end + 8).readUInt32LE();
	}
	end = Math.ceil((end + 1) / espAlignment) * espAlignment;
	if (end > image.length) throw cutOff(name);
	const hasDigest = head.readUInt8(23) === 1;
	if (hasDigest) checkDigest(name, image, end);
	const platform = espChips[head.readUInt16LE(12)];
	if (head.readUInt32LE(appStart) !== espAppMagic) return { platform, version: undefined };
	const start = appStart + espAppVersionOffset;
	const text = head.toString("latin1", start, start + espAppVersionLength);
	return { platform, version: versionOf(text.replace(/\0.*/s, "")) };
}

/** The SHA-256 of all before `end` stands behind it. */
function checkDigest(name: string, image: ByteSource, end: number): void {
	if (end + digestLength > image.length) throw cutOff(name);
	const digest = digestOfSource(partOf(image, 0, end));
	if (image.read(end, end + digestLength).equals(digest)) return;
	throw new OperatorError("bundle", name + " is damaged. Build it again, or copy it again.");
}

function cutOff(name: string): OperatorError {
	return new OperatorError("bundle", name + " is cut off. Build it again, or copy it again.");
}

function textOf(value: unknown): string | undefined {
	return typeof value === "string" ? value : undefined;
}

function versionOf(text: string | undefined): string | undefined {
	return text !== undefined && isVersion(text) ? text : undefined;
}

/**
 * Platform and version of a bundle: what the image says or, where it is silent, what the publisher
 * does. Throws when they differ, or when neither says it.
 */
export function agreedFacts(
	image: ImageFile,
	said: Partial<ImageFacts>,
): { readonly platform: string; readonly version: string } {
	const facts = readImageFacts(image);
	const agree = (what: "platform" | "version"): string => {
		const [ofImage, ofPublisher] = [facts[what], said[what]];
		const value = ofImage ?? ofPublisher;
		if (value === undefined) {
			const message = image.name + " doesn't say its " + what + ". Say it: --" + what;
			throw new OperatorError("usage", message);
		}
		if (ofPublisher === undefined || ofPublisher === value) return value;
		const message = image.name + " is of " + what + " " + value + ", not " + ofPublisher + ".";
		throw new OperatorError("bundle", message);
	};
	return { platform: agree("platform"), version: agree("version") };
}
