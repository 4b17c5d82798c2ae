/** Who runs the service through the years, and publishes its firmware, as their guides say. */

import { copyFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildImage } from "../../hosts/board/build-image.js";
import type { VirtualClock } from "../../hosts/board/clock.js";
import { boardPlatform } from "../../hosts/board/image.js";
import { rebuildService } from "../../hosts/dms/administration/export.js";
import type { Log } from "../../hosts/dms/log.js";
import { makeBundle } from "../../hosts/dms/publisher/bundle.js";
import {
	createPlatformKey,
	createProductKey,
	platformKeyOf,
	productKeyOf,
	restateProductKey,
} from "../../hosts/dms/publisher/keys.js";
import { openService, type Service } from "../../hosts/dms/service.js";
import { address, product } from "../journey/world.js";
import type { Event } from "./history.js";

const app = fileURLToPath(new URL("../../example/lamp/lamp.js", import.meta.url));
/** A file system in memory, where there is one: no test pulls the plug of this machine. */
const memoryFolder = "/dev/shm";
/** Owns the product, and each device until it is sold. */
export const maker = "maker";
/** Devices ask once a week, the least often that they let themselves be told. */
export const updateIntervalSeconds = 7 * 86_400;

export class Operator {
	readonly #clock: VirtualClock;
	readonly #folder: string;
	readonly #log: Log;
	#data: string;
	/** Where the keys of platform and product are. */
	#keys: string;
	#service: Service | undefined;
	#sequence = 0;
	readonly #images = new Map<string, Uint8Array>();
	#released: { version: string; image: Uint8Array } | undefined;
	/** Fingerprints of the CAs, hexadecimal, and from when on each was there, in milliseconds. */
	readonly authorities: { readonly fingerprint: string; readonly since: number }[] = [];
	/** How many releases, keys and other changes there were. */
	readonly counts = new Map<string, number>();

	static async open(clock: VirtualClock, log: Log): Promise<Operator> {
		const operator = new Operator(clock, log);
		await operator.#open();
		await operator.#begin();
		return operator;
	}

	private constructor(clock: VirtualClock, log: Log) {
		this.#clock = clock;
		this.#log = log;
		const parent = existsSync(memoryFolder) ? memoryFolder : tmpdir();
		this.#folder = mkdtempSync(join(parent, "opendms-"));
		this.#data = join(this.#folder, "data");
		this.#keys = join(this.#folder, "keys");
		createPlatformKey(this.#keys, boardPlatform);
	}

	/** Throws while the service is out. */
	get service(): Service {
		if (this.#service === undefined) throw new Error("the service is out");
		return this.#service;
	}

	/** Answers a device; `undefined` while the service is out. */
	answer(request: Request): Promise<Response | undefined> {
		return this.#service?.fetch(request) ?? Promise.resolve(undefined);
	}

	/** What the cable puts on a board that is made now. */
	imageOf(version: string): Uint8Array {
		const name = version + " with the key in " + this.#keys;
		const made = this.#images.get(name);
		if (made !== undefined) return made;
		const platformKey = platformKeyOf(this.#keys, boardPlatform);
		const image = buildImage({ app, version, platformKey });
		this.#images.set(name, image);
		return image;
	}

	async play(event: Event): Promise<void> {
		// Nobody is in the middle of a request.
		await this.#clock.runUntil(() => true);
		this.counts.set(event.kind, 1 + (this.counts.get(event.kind) ?? 0));
		switch (event.kind) {
			case "release":
				return this.#release(event.version);
			case "product key":
				return this.#replaceKey();
			case "platform key":
				return this.#replacePlatformKey(event.version);
			case "product key leaked":
				await this.#countBehind();
				await this.#replaceKey();
				return this.#release(event.version);
			case "next CA":
				return this.#addAuthority();
			case "export":
				return this.service.export(this.#exported);
			case "rebuild":
				return this.#lose();
			case "outage":
				return this.#close();
		}
	}

	/** After an outage. */
	async comeBack(): Promise<void> {
		if (existsSync(this.#data)) return this.#open();
		await rebuildService(this.#exported, this.#rebuilt, this.#seconds);
		this.#data = this.#rebuilt;
		await this.#open();
	}

	/** What the service does once a day by itself. */
	async prune(): Promise<void> {
		await this.#service?.pruning.run();
	}

	async close(): Promise<void> {
		await this.#close();
		rmSync(this.#folder, { recursive: true });
	}

	get #authorityKeys(): string {
		return join(this.#folder, "authority-keys");
	}

	get #exported(): string {
		return join(this.#folder, "exported");
	}

	get #rebuilt(): string {
		return join(this.#folder, "rebuilt");
	}

	get #seconds(): number {
		return Math.floor(this.#clock.now() / 1000);
	}

	async #open(): Promise<void> {
		this.#service = await openService({
			data: this.#data,
			// Its operator vouches for a clock that is years after this release.
			acceptsClock: true,
			addresses: [address],
			now: () => this.#clock.now(),
			log: this.#log,
		});
	}

	async #close(): Promise<void> {
		await this.#service?.close();
		this.#service = undefined;
	}

	async #begin(): Promise<void> {
		const { users, products, certificates, bundles } = this.service;
		await users.add(maker);
		await products.add({ code: product, title: "Lamp", platform: boardPlatform, owner: maker });
		await products.setUpdateInterval(product, updateIntervalSeconds);
		const { statement } = createProductKey(this.#keys, product, boardPlatform, false);
		await bundles.addKey(Uint8Array.from(readFileSync(statement)));
		this.#noteAuthority(certificates.show().fingerprint);
	}

	#noteAuthority(fingerprint: string): void {
		this.authorities.push({ fingerprint, since: this.#clock.now() });
	}

	async #release(version: string): Promise<void> {
		this.#sequence++;
		this.#released = { version, image: this.imageOf(version) };
		await this.#publish();
		await this.service.bundles.tag(product, version, "release");
	}

	/** What is released, signed by the product's present key. */
	async #publish(): Promise<void> {
		if (this.#released === undefined) return;
		const about = { product, platform: boardPlatform, sequence: this.#sequence };
		const bundle = makeBundle({ ...about, ...this.#released }, productKeyOf(this.#keys, product));
		await this.service.bundles.publish(bundle);
	}

	async #replaceKey(): Promise<void> {
		const { statement } = createProductKey(this.#keys, product, boardPlatform, true);
		await this.service.bundles.addKey(Uint8Array.from(readFileSync(statement)));
		await this.#publish();
	}

	/**
	 * As hosts/dms/README.md has it: a new folder, firmware that is signed as ever, and the product's
	 * key stated anew. Devices that are off meanwhile get that firmware first, whenever they come.
	 */
	async #replacePlatformKey(version: string): Promise<void> {
		const next = join(this.#folder, "next-keys");
		createPlatformKey(next, boardPlatform);
		for (const end of ["key", "statement"]) {
			const name = `product-${product}.${end}`;
			copyFileSync(join(this.#keys, name), join(next, name));
		}
		this.#keys = next;
		await this.#release(version);
		const { statement } = restateProductKey(this.#keys, product, boardPlatform);
		await this.service.bundles.addKey(Uint8Array.from(readFileSync(statement)), version);
	}

	/** Devices that have missed the firmware with the platform's present key. */
	async #countBehind(): Promise<void> {
		const stones = await this.service.steppingStones.list(product);
		const devices = stones.reduce((sum, stone) => sum + stone.devices, 0);
		this.counts.set("device behind the platform's key", devices);
	}

	async #addAuthority(): Promise<void> {
		this.#noteAuthority(await this.service.certificates.addNext());
		await this.service.certificates.keepKeys(this.#authorityKeys);
		await this.#close();
		await this.#open();
	}

	/** All but the CAs' keys that were kept elsewhere, and the files that were exported. */
	async #lose(): Promise<void> {
		await this.#close();
		cpSync(this.#authorityKeys, this.#rebuilt, { recursive: true });
		rmSync(this.#data, { recursive: true });
	}
}
