/**
 * The record store over two copies that hold anything: it reads one of them or says that it can't,
 * and what is written after that, or put in their place, is read.
 *
 * The input is a byte of flags, the length of the first copy (2 bytes), and both copies. The flags
 * say which of the copies get a checksum that is right: else nothing would get past it.
 */

import { crc32 } from "../../../src/encoding/crc32.js";
import type { MessagePackMap } from "../../../src/protocol/message-pack.js";
import { DmsError } from "../../../src/protocol/result.js";
import { RecordStore } from "../../../src/storage/record-store.js";
import { equal, isTrue } from "../../device/check.js";
import { MemoryDomain } from "./memory-domain.js";
import type { Probe } from "./probe.js";

const headLength = 3;

export const recordStoreProbe: Probe = Object.freeze<Probe>({
	lengthMaximum: 1024,
	allocationBase: 8192,
	allocationFactor: 64,
	isKeepingNames: true,
	run: (input) => {
		const flags = input[0] ?? 0;
		const length = Math.min((input[1] ?? 0) * 256 + (input[2] ?? 0), input.length);
		const domain = new MemoryDomain();
		const end = headLength + length;
		domain.write("r.a", copyOf(input.subarray(headLength, end), (flags & 1) !== 0));
		domain.write("r.b", copyOf(input.subarray(end), (flags & 2) !== 0));
		const store = new RecordStore(domain, "r");
		const found = readOrFail(store);
		equal(readOrFail(new RecordStore(domain, "r")), found, "read twice");
		if (found === undefined) store.replace({ own: 1 });
		else store.write({ own: 1 });
		equal(new RecordStore(domain, "r").read(), { own: 1 }, "what was written");
		store.mirror({ own: 1 });
		for (const key of ["r.a", "r.b"]) {
			const kept = domain.values.get(key);
			isTrue(kept !== undefined && kept.length < 20, "both copies are the new one");
		}
		const size = found === undefined ? "nothing" : Math.min(Object.keys(found).length, 9);
		return "a record of " + size + ", flags " + (flags & 3);
	},
});

/** The record, or `undefined` when no copy of it can be read. */
function readOrFail(store: RecordStore): MessagePackMap | undefined {
	try {
		return store.read();
	} catch (error) {
		isTrue(error instanceof DmsError, "only what is meant to be thrown");
		return undefined;
	}
}

/** The bytes of a copy, with a checksum that is right if it is to be. */
function copyOf(bytes: Uint8Array, isWhole: boolean): Uint8Array {
	const copy = bytes.slice();
	if (isWhole && copy.length >= 8) new DataView(copy.buffer).setUint32(0, crc32(copy, 4));
	return copy;
}
