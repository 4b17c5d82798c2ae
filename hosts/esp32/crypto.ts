/** The SDK's arithmetic, and random bytes that don't hang on whether the radio is awake. */

import { ModdableCrypto } from "../moddable/crypto.js";
import type { Chip } from "./chip.js";
import { EntropyPool } from "./entropy-pool.js";

const noiseLength = 64;

export class ChipCrypto extends ModdableCrypto {
	declare private readonly pool: EntropyPool;

	/** To be made before the radio is on: Wi-Fi and the source of noise exclude each other. */
	constructor(chip: Chip) {
		super();
		this.pool = new EntropyPool(
			new Uint8Array(chip.noise(noiseLength)),
			(bytes) => this.sha256(bytes),
			(byteLength) => super.random(byteLength),
		);
	}

	override random(byteLength: number): Uint8Array {
		return this.pool.read(byteLength);
	}
}
