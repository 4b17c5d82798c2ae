import { crc32 } from "../../src/encoding/crc32.js";
import type { KeyValueDomain } from "../../src/host.js";
import { DmsError, DmsResult } from "../../src/protocol/result.js";
import { RecordStore } from "../../src/storage/record-store.js";
import { type Cases, equal, isTrue, thrown } from "./check.js";

/** Key-value storage in memory, with faults to order. */
export class TestDomain implements KeyValueDomain {
	readonly values = new Map<string, Uint8Array>();
	writes: string[] = [];
	fault: "none" | "throws" | "keeps nothing" | "flips a bit" = "none";

	read(key: string): ArrayBuffer | undefined {
		const value = this.values.get(key);
		return value === undefined ? undefined : value.slice().buffer;
	}

	write(key: string, value: Uint8Array): void {
		this.writes.push(key);
		if (this.fault === "throws") throw new Error("failed");
		if (this.fault === "keeps nothing") return;
		const kept = value.slice();
		if (this.fault === "flips a bit") kept[9] = (kept[9] ?? 0) ^ 1;
		this.values.set(key, kept);
	}

	delete(key: string): void {
		this.values.delete(key);
	}

	close(): void {}

	[Symbol.iterator](): Iterator<string> {
		return this.values.keys();
	}
}

function storeOn(domain: TestDomain): RecordStore {
	const store = new RecordStore(domain, "record");
	store.read();
	return store;
}

function flip(domain: TestDomain, key: string, index: number): void {
	const value = domain.values.get(key);
	if (value !== undefined) value[index] = (value[index] ?? 0) ^ 0x10;
}

export const recordStoreCases: Cases = Object.freeze({
	"a blank store reads as an empty record": () => {
		equal(new RecordStore(new TestDomain(), "record").read(), {});
	},
	"writes alternate between two keys, and the newest is read": () => {
		const domain = new TestDomain();
		const store = storeOn(domain);
		for (let count = 1; count <= 5; count++) store.write({ count });
		equal(domain.writes, ["record.a", "record.b", "record.a", "record.b", "record.a"]);
		equal(new RecordStore(domain, "record").read(), { count: 5 });
	},
	"writing goes on in the other key after a reset": () => {
		const domain = new TestDomain();
		storeOn(domain).write({ count: 1 });
		storeOn(domain).write({ count: 2 });
		equal(domain.writes, ["record.a", "record.b"]);
	},
	"an unchanged record is not written": () => {
		const domain = new TestDomain();
		const store = storeOn(domain);
		store.write({ a: 1 });
		store.write({ a: 1 });
		equal(domain.writes.length, 1);
	},
	"a copy with any one byte changed gives way to the other": () => {
		const domain = new TestDomain();
		const store = storeOn(domain);
		store.write({ count: 1 });
		store.write({ count: 2 });
		const length = domain.values.get("record.b")?.length ?? 0;
		for (let index = 0; index < length; index++) {
			flip(domain, "record.b", index);
			equal(new RecordStore(domain, "record").read(), { count: 1 }, "byte " + index);
			flip(domain, "record.b", index);
		}
		isTrue(length > 8, "there was something to change");
	},
	"after a torn write the next goes over the torn copy": () => {
		const domain = new TestDomain();
		const store = storeOn(domain);
		store.write({ count: 1 });
		store.write({ count: 2 });
		flip(domain, "record.b", 3);
		storeOn(domain).write({ count: 3 });
		equal(domain.writes[2], "record.b");
	},
	"the last of all sequence numbers is followed by 0": () => {
		const domain = new TestDomain();
		storeOn(domain).write({ count: 1 });
		const copy = domain.values.get("record.a") ?? new Uint8Array(0);
		copy.fill(0xff, 4, 8);
		new DataView(copy.buffer).setUint32(0, crc32(copy, 4));
		const store = storeOn(domain);
		for (let count = 2; count <= 4; count++) {
			store.write({ count });
			equal(new RecordStore(domain, "record").read(), { count });
		}
	},
	"a write that is not kept fails, and memory stays with the old record": () => {
		for (const fault of ["throws", "keeps nothing", "flips a bit"] as const) {
			const domain = new TestDomain();
			const store = storeOn(domain);
			store.write({ count: 1 });
			domain.fault = fault;
			const error = thrown(() => store.write({ count: 2 }));
			equal(error instanceof DmsError && error.result, DmsResult.StorageFailed, fault);
			domain.fault = "none";
			equal(new RecordStore(domain, "record").read(), { count: 1 }, fault);
			store.write({ count: 3 });
			equal(new RecordStore(domain, "record").read(), { count: 3 }, fault);
		}
	},
	"mirroring leaves two copies alike, with one write, once": () => {
		const domain = new TestDomain();
		const store = storeOn(domain);
		store.write({ secret: 1 });
		store.write({ open: 1 });
		store.mirror();
		store.mirror();
		equal(domain.writes.length, 3);
		const [first, second] = ["record.a", "record.b"].map((key) => domain.values.get(key)?.slice(8));
		equal(first, second);
	},
	"a record beyond what a key can hold is refused": () => {
		const domain = new TestDomain();
		const error = thrown(() => storeOn(domain).write({ text: "x".repeat(4000) }));
		equal(error instanceof DmsError && error.result, DmsResult.OutOfBuffers);
		equal(domain.writes.length, 0);
	},
});
