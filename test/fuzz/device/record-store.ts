/**
 * The record store over two copies that hold anything: it reads one of them or none, and what is
 * written after that is read.
 *
 * The input is a byte of flags, the length of the first copy (2 bytes), and both copies. The flags
 * say which of the copies get a checksum that is right: else nothing would get past it.
 */

import { crc32 } from "../../../src/encoding/crc32.js";
import { RecordStore } from "../../../src/storage/record-store.js";
import { equal, isTrue } from "../../device/check.js";
import { MemoryDomain } from "./memory-host.js";
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
		const found = store.read();
		equal(new RecordStore(domain, "r").read(), found, "read twice");
		store.write({ own: 1 });
		equal(new RecordStore(domain, "r").read(), { own: 1 }, "what was written");
		store.mirror();
		for (const key of ["r.a", "r.b"]) {
			const kept = domain.values.get(key);
			isTrue(kept !== undefined && kept.length < 20, "both copies are the new one");
		}
		return "a record of " + Math.min(Object.keys(found).length, 9) + ", flags " + (flags & 3);
	},
});

/** The bytes of a copy, with a checksum that is right if it is to be. */
function copyOf(bytes: Uint8Array, isWhole: boolean): Uint8Array {
	const copy = bytes.slice();
	if (isWhole && copy.length >= 8) new DataView(copy.buffer).setUint32(0, crc32(copy, 4));
	return copy;
}
