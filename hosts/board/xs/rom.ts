/**
 * The ROM of an image: the memory of a machine that has loaded it, kept in this process and in a
 * file, so that a boot costs no parsing. And the machines: used ones are used again.
 */

import { createHash } from "node:crypto";
import {
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type Image, encodeModules } from "../image.js";
import { root } from "../root.js";
import { compiledModule, Machine, type Piece, type Snapshot } from "./machine.js";

const folder = join(root, "build", "xs", "roms");
/** Files that are kept, of some 2 MB each; the ones not used for longest go. */
const filesMaximum = 24;
/** In this process: tests make many images. */
const romsMaximum = 8;
/** Of 4 MB each. */
const idleMaximum = 16;
const digestLength = 32;

const roms = new Map<string, Snapshot>();
const idle: Machine[] = [];

/** A machine that has the image in its ROM, as after a reset. */
export function takeMachine(image: Image): Machine {
	const rom = romOf(image);
	const index = idle.findIndex((machine) => machine.fits(rom));
	const machine = (index === -1 ? undefined : idle.splice(index, 1)[0]) ?? new Machine();
	machine.restore(rom);
	return machine;
}

/** Gives a machine back whose program runs no more. */
export function giveBack(machine: Machine): void {
	idle.push(machine);
	if (idle.length > idleMaximum) idle.shift();
}

function romOf(image: Image): Snapshot {
	const key = createHash("sha256")
		.update(compiledModule().digest + image.digest)
		.digest("hex");
	const rom = roms.get(key) ?? read(key) ?? load(image, key);
	roms.delete(key);
	roms.set(key, rom); // The last is the one used last.
	for (const oldest of roms.keys()) {
		if (roms.size <= romsMaximum) break;
		roms.delete(oldest);
	}
	return rom;
}

function load(image: Image, key: string): Snapshot {
	const machine = new Machine();
	machine.load(encodeModules(image.modules));
	const rom = machine.snapshot();
	write(key, rom);
	return rom;
}

/*
 * A file: pages and number of pieces (4 bytes each, little endian), of each piece its offset and
 * length (4 each), then the pieces' bytes, and SHA-256 of all before.
 */

function read(key: string): Snapshot | undefined {
	let file: Buffer;
	try {
		file = readFileSync(join(folder, key));
	} catch {
		return undefined; // There is none yet.
	}
	const body = file.subarray(0, Math.max(0, file.length - digestLength));
	if (!digestOf([body]).equals(file.subarray(body.length))) return undefined;
	const pieces: Piece[] = [];
	const count = body.readUInt32LE(4);
	let start = 8 + 8 * count;
	for (let at = 8; at < 8 + 8 * count; at += 8) {
		const end = start + body.readUInt32LE(at + 4);
		pieces.push({ offset: body.readUInt32LE(at), bytes: body.subarray(start, end) });
		start = end;
	}
	return { pages: body.readUInt32LE(0), pieces };
}

/** Complete or not at all. Where nothing can be written, each process loads the image anew. */
function write(key: string, { pages, pieces }: Snapshot): void {
	const table = Buffer.alloc(8 + 8 * pieces.length);
	table.writeUInt32LE(pages, 0);
	table.writeUInt32LE(pieces.length, 4);
	pieces.forEach(({ offset, bytes }, index) => {
		table.writeUInt32LE(offset, 8 + 8 * index);
		table.writeUInt32LE(bytes.length, 12 + 8 * index);
	});
	const parts = [table, ...pieces.map(({ bytes }) => bytes)];
	const draft = join(folder, key + "." + process.pid);
	try {
		mkdirSync(folder, { recursive: true });
		writeFileSync(draft, Buffer.concat([...parts, digestOf(parts)]));
		renameSync(draft, join(folder, key));
		prune();
	} catch {
		rmSync(draft, { force: true });
	}
}

function prune(): void {
	const files = readdirSync(folder).map((name) => join(folder, name));
	const times = files.map((path) => [statSync(path).mtimeMs, path] as const);
	times.sort(([first], [second]) => first - second);
	for (const [, path] of times.slice(0, -filesMaximum)) rmSync(path, { force: true });
}

function digestOf(parts: readonly Uint8Array[]): Buffer {
	const hash = createHash("sha256");
	for (const part of parts) hash.update(part);
	return hash.digest();
}
