/**
 * Files that are sent to the service: they go to the disk as they come, with their digest, so that
 * none is ever in memory as a whole. The file has no name any more when its first byte comes: what
 * breaks off, or a process that dies, leaves nothing.
 */

import { createHash, randomUUID } from "node:crypto";
import { readSync } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ByteSource } from "../byte-source.js";
import { OperatorError } from "../operator-error.js";
import { InputError, LengthError } from "./problem.js";

/** A file that has been sent. */
export interface Spool extends ByteSource {
	/** SHA-256, hexadecimal. */
	readonly digest: string;
}

export interface SpoolOptions {
	/** In the data folder, where there is one: elsewhere may be memory. */
	readonly folder?: string | undefined;
	readonly bytesMaximum: number;
}

/** On the disk at a time; who publishes is one of few. */
const spoolsMaximum = 8;
const fileMode = 0o600;

let spools = 0;

/** Lets `work` have what is sent, and then it is gone. */
export async function spooled<T>(
	body: AsyncIterable<Uint8Array> | null,
	{ folder = tmpdir(), bytesMaximum }: SpoolOptions,
	work: (spool: Spool) => Promise<T>,
): Promise<T> {
	if (spools >= spoolsMaximum) {
		throw new OperatorError("busy", "Too many send files at this moment. Try again.");
	}
	spools++;
	try {
		const path = join(folder, "upload-" + randomUUID());
		const file = await open(path, "wx+", fileMode);
		try {
			await unlink(path);
			return await work(await receive(file, body, bytesMaximum));
		} finally {
			await file.close();
		}
	} finally {
		spools--;
	}
}

async function receive(
	file: FileHandle,
	body: AsyncIterable<Uint8Array> | null,
	bytesMaximum: number,
): Promise<Spool> {
	const hash = createHash("sha256");
	let length = 0;
	for await (const bytes of whole(body)) {
		length += bytes.length;
		if (length > bytesMaximum) throw new LengthError(bytesMaximum);
		hash.update(bytes);
		await file.appendFile(bytes); // `write` may write a part, as where the disk becomes full.
	}
	return {
		length,
		digest: hash.digest("hex"),
		read(start, end) {
			const bytes = Buffer.alloc(end - start);
			return bytes.subarray(0, readSync(file.fd, bytes, 0, bytes.length, start));
		},
	};
}

/** That who sends has gone is no fault of ours. */
async function* whole(body: AsyncIterable<Uint8Array> | null): AsyncGenerator<Uint8Array> {
	if (body === null) return;
	try {
		yield* body;
	} catch (error) {
		if (error instanceof OperatorError || error instanceof InputError) throw error;
		throw new InputError("The connection broke off. Nothing was taken; send it again.");
	}
}
