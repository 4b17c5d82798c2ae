import { crc32 } from "../../src/encoding/crc32.js";
import type { KeyValueDomain } from "../../src/host.js";
import { DmsError, DmsResult } from "../../src/protocol/result.js";
import { RecordStore } from "../../src/storage/record-store.js";
import { Settings } from "../../src/storage/settings.js";
import { type Cases, equal, isTrue, thrown } from "./check.js";

/** Key-value storage in memory, with faults to order. */
export class TestDomain implements KeyValueDomain {
	readonly values = new Map<string, Uint8Array>();
	writes: string[] = [];
	fault: "none" | "throws" | "keeps nothing" | "flips a bit" = "none";
	/** Keys that can't be read. */
	failing: readonly string[] = [];
	/** So many reads of them fail. */
	failures = Infinity;

	read(key: string): ArrayBuffer | undefined {
		if (this.failing.includes(key) && this.failures-- > 0) throw new Error("the flash fails");
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

function settingsOn(domain: TestDomain, values: Readonly<Record<string, string>> = {}): Settings {
	const own = ["ssid", "passkey", "host"].map((name) => ({ name: "wlan." + name }));
	const settings = new Settings(new RecordStore(domain, "settings"), own);
	for (const [name, value] of Object.entries(values)) settings.set(name, value);
	return settings;
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
		store.mirror({ open: 1 });
		store.mirror({ open: 1 });
		equal(domain.writes.length, 3);
		const [first, second] = ["record.a", "record.b"].map((key) => domain.values.get(key)?.slice(8));
		equal(first, second);
	},
	"what is mirrored is what was written, also when that was damaged in between": () => {
		const domain = new TestDomain();
		const store = storeOn(domain);
		store.write({ secret: 1 });
		store.write({ open: 1 });
		flip(domain, "record.b", 9);
		equal(store.read(), { secret: 1 });
		store.mirror({ open: 1 });
		for (const key of ["record.a", "record.b"]) {
			domain.failing = [key];
			equal(new RecordStore(domain, "record").read(), { open: 1 }, "without " + key);
		}
	},
	"what replaces a record is in both copies, also where the older one was the same": () => {
		const domain = new TestDomain();
		const store = storeOn(domain);
		store.write({});
		for (const fields of [{ count: 1 }, {}, { count: 2 }]) store.write(fields);
		store.replace({});
		store.write({ count: 3 });
		store.replace({ count: 3 });
		store.write({ count: 4 });
		store.replace({ count: 3 });
		for (const key of ["record.a", "record.b"]) {
			domain.failing = [key];
			equal(new RecordStore(domain, "record").read(), { count: 3 }, "without " + key);
		}
	},
	"a record that is there and can't be read is not an empty one, and nothing goes over it": () => {
		for (const failing of [["record.a", "record.b"], ["record.a"]]) {
			const domain = new TestDomain();
			storeOn(domain).write({ identity: 1 });
			domain.failing = failing;
			const store = new RecordStore(domain, "record");
			for (const act of [() => store.read(), () => store.write({ identity: 2 })]) {
				const error = thrown(act);
				equal(error instanceof DmsError && error.result, DmsResult.StorageFailed);
			}
			equal(domain.writes, ["record.a"], "nothing was written");
			domain.failing = [];
			equal(store.read(), { identity: 1 }, "it is there again");
		}
	},
	"where one copy can't be read the other is read, but neither is written over": () => {
		for (const failing of ["record.a", "record.b"]) {
			const domain = new TestDomain();
			const store = storeOn(domain);
			store.write({ count: 1 });
			store.write({ count: 2 });
			equal([store.read(), store.isDoubtful], [{ count: 2 }, false]);
			domain.failing = [failing];
			equal(store.read(), { count: failing === "record.a" ? 2 : 1 });
			equal(store.isDoubtful, true);
			for (const act of [() => store.write({ count: 3 }), () => store.mirror({ count: 2 })]) {
				const error = thrown(act);
				equal(error instanceof DmsError && error.result, DmsResult.StorageFailed);
			}
			equal(domain.writes.length, 2);
			domain.failing = [];
			equal([store.read(), store.isDoubtful], [{ count: 2 }, false]);
		}
	},
	"a read that fails between a read and a write loses nothing": () => {
		const domain = new TestDomain();
		const store = storeOn(domain);
		store.write({ sequence: 5 });
		store.write({ sequence: 6 });
		store.read();
		domain.failing = ["record.a", "record.b"];
		thrown(() => store.write({ sequence: 1 }));
		domain.failing = [];
		equal(store.read(), { sequence: 6 });
	},
	"copies that are all damaged are not an empty record, but can be replaced": () => {
		const domain = new TestDomain();
		const store = storeOn(domain);
		store.write({ count: 1 });
		store.write({ count: 2 });
		for (const key of ["record.a", "record.b"]) flip(domain, key, 9);
		for (const act of [() => store.read(), () => store.write({ count: 3 })]) {
			const error = thrown(act);
			equal(error instanceof DmsError && error.result, DmsResult.StorageFailed);
		}
		equal(domain.writes.length, 2);
		store.replace({ count: 4 });
		equal(new RecordStore(domain, "record").read(), { count: 4 });
		flip(domain, "record.b", 9);
		equal(new RecordStore(domain, "record").read(), { count: 4 }, "both copies");
	},
	"what replaces a record is newer than any copy, and is not written twice": () => {
		const domain = new TestDomain();
		const store = storeOn(domain);
		for (let count = 1; count <= 5; count++) store.write({ count });
		store.replace({ own: 1 });
		equal(domain.writes.length, 7);
		storeOn(domain).replace({ own: 1 });
		equal(domain.writes.length, 7);
		equal(new RecordStore(domain, "record").read(), { own: 1 });
	},
	"a copy whose map can't be read gives way to the other": () => {
		const domain = new TestDomain();
		const store = storeOn(domain);
		store.write({ count: 1 });
		store.write({ count: 2 });
		const copy = domain.values.get("record.b") ?? new Uint8Array(0);
		copy[8] = 0xc1;
		new DataView(copy.buffer).setUint32(0, crc32(copy, 4));
		equal(storeOn(domain).read(), { count: 1 });
		storeOn(domain).write({ count: 3 });
		equal(domain.writes[2], "record.b");
	},
	"fields can have the names of every object's members": () => {
		const domain = new TestDomain();
		const fields = { constructor: "x", toString: { valueOf: ["y"] }, hasOwnProperty: 1, own: "z" };
		storeOn(domain).write(fields);
		const read = storeOn(domain).read();
		equal(Object.entries(read).sort(), Object.entries(fields).sort());
		storeOn(domain).write({ ...read, own: "2" });
		equal(Object.keys(storeOn(domain).read()).length, 4);
	},
	"what could not be read again is never written": () => {
		const domain = new TestDomain();
		const forbidden = { ["__proto__"]: "x" };
		const error = thrown(() => storeOn(domain).write(forbidden));
		equal(error instanceof DmsError && error.result, DmsResult.OutOfBuffers);
		equal(domain.writes.length, 0);
	},
	"settings that could not be read are not lost when others are saved": () => {
		const domain = new TestDomain();
		settingsOn(domain, { "wlan.ssid": "demo", site: "a" }).save();
		domain.failing = ["settings.a", "settings.b"];
		const settings = settingsOn(domain, { site: "b" });
		equal(settings.get("wlan.ssid"), "");
		const error = thrown(() => settings.save());
		equal(error instanceof DmsError && error.result, DmsResult.StorageFailed);
		domain.failures = 2;
		thrown(() => settings.save());
		domain.failing = [];
		equal([settings.get("wlan.ssid"), settings.get("site")], ["demo", "b"]);
		settings.save();
		const later = settingsOn(domain);
		equal([later.get("wlan.ssid"), later.get("site")], ["demo", "b"]);
	},
	"settings that can't be read any more are back at the defaults after a reset of them": () => {
		const domain = new TestDomain();
		settingsOn(domain, { site: "a" }).save();
		flip(domain, "settings.a", 9);
		const settings = settingsOn(domain);
		thrown(() => settings.save());
		settings.reset();
		equal(settingsOn(domain, { site: "b" }).get("site"), "b");
	},
	"a setting that flash has no room for is refused when it is set, and the device's own are not":
		() => {
			const domain = new TestDomain();
			const settings = settingsOn(domain);
			let count = 0;
			const error = thrown(() => {
				for (; ; count++) settings.set("site.text" + count, "v".repeat(200));
			});
			equal(error instanceof DmsError && error.result, DmsResult.OutOfBuffers);
			equal(count, 8);
			settings.set("wlan.ssid", "x".repeat(32));
			settings.set("wlan.passkey", "x".repeat(64));
			settings.set("wlan.host", "x".repeat(255));
			settings.save();
			settings.set("site.text0", "shorter");
			settings.save();
			equal(settingsOn(domain).get("site.text7"), "v".repeat(200));
		},
	"a setting that nobody has set has no value, whatever it is called": () => {
		equal(settingsOn(new TestDomain()).get("constructor", "none"), "none");
	},
	"a record beyond what a key can hold is refused": () => {
		const domain = new TestDomain();
		const error = thrown(() => storeOn(domain).write({ text: "x".repeat(4000) }));
		equal(error instanceof DmsError && error.result, DmsResult.OutOfBuffers);
		equal(domain.writes.length, 0);
	},
});
