/** What our hosts use of the SDK that it has no types for, and what `manifest.json` names. */

/** What the SDK's simulators give their programs to talk to them by. */
declare const screen: { postMessage(message: string): void };

declare module "crypt" {
	export class BlockCipher {
		constructor(algorithm: "AES", key: ArrayBuffer);
	}
}

declare module "gcm" {
	import type { BlockCipher } from "crypt";
	export default class GCM {
		constructor(cipher: BlockCipher);
		/** With its tag behind, or without; nothing when the tag is another. */
		process(
			data: Uint8Array,
			buffer: undefined,
			nonce: ArrayBuffer,
			additional: ArrayBuffer,
			isEncrypted: boolean,
		): ArrayBuffer | undefined;
	}
}

declare module "ecp" {
	export default class ECPoint {
		constructor(x: bigint, y: bigint);
		readonly X: bigint;
		readonly Y: bigint;
		isZero(): boolean;
	}
}

declare module "ec" {
	import type ECPoint from "ecp";
	export default class EC {
		readonly a: bigint;
		readonly b: bigint;
		readonly m: bigint;
		mul(point: ECPoint, factor: bigint): ECPoint;
		mul2(point1: ECPoint, factor1: bigint, point2: ECPoint, factor2: bigint): ECPoint;
	}
}

declare module "curve" {
	import type EC from "ec";
	import type ECPoint from "ecp";
	export default class Curve {
		constructor(name: "secp256r1");
		readonly G: ECPoint;
		readonly ec: EC;
		readonly n: bigint;
	}
}

declare module "modular" {
	export default class Modular {
		constructor(modulus: bigint);
		/** The inverse. It never returns for 0. */
		mulinv(value: bigint): bigint;
	}
}

/** The product maker's part, as the maker's manifest names it; ours is `no-app.ts`. */
declare module "app" {
	const app: import("../../src/device.js").App;
	export default app;
}
