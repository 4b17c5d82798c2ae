/** A publisher of firmware for virtual boards, who uses the command line as anybody would. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildImage } from "../hosts/board/build-image.js";
import { fromHex } from "../src/encoding/bytes.js";
import { type LocalService, textIn } from "./local-service.js";

const platform = "board";

export class Publisher {
	readonly #service: LocalService;
	readonly #product: string;
	readonly #folder: string;
	/** Public half, for the firmware. */
	#platformKey: Uint8Array = new Uint8Array(0);
	/** The default is the time in seconds, as here: two releases of a demo can be in the same one. */
	#sequence = Math.floor(Date.now() / 1000);

	/** Keys and bundles are in `folder`. */
	constructor(service: LocalService, product: string, folder: string) {
		this.#service = service;
		this.#product = product;
		this.#folder = folder;
	}

	/** Makes the two keys, and tells the service whose key the product's is. */
	async makeKeys(): Promise<void> {
		const keys = ["--keys", join(this.#folder, "keys")];
		const made = await this.#service.run("key", "platform", platform, ...keys);
		this.#platformKey = fromHex(textIn(made, "publicKey") ?? "") ?? this.#platformKey;
		const named = ["key", "product", this.#product, "--platform", platform];
		const product = await this.#service.run(...named, ...keys);
		await this.#service.run("product", "key", textIn(product, "statement") ?? "");
	}

	/** Firmware with the app of a compiled module. */
	image(app: string, version: string): Uint8Array {
		return buildImage({ app, version, platformKey: this.#platformKey });
	}

	/** Has all devices of the product get the app's firmware. */
	async release(app: string, version: string): Promise<void> {
		const image = join(this.#folder, version + ".image");
		const bundle = join(this.#folder, version + ".bundle");
		writeFileSync(image, this.image(app, version));
		const about = ["--product", this.#product];
		const keys = ["--keys", join(this.#folder, "keys")];
		const build = ["bundle", "build", image, ...about, "--out", bundle];
		await this.#service.run(...build, ...keys, "--sequence", String(this.#sequence++));
		await this.#service.run("bundle", "publish", bundle);
		await this.#service.run("bundle", "tag", this.#product, version, "release");
	}
}
