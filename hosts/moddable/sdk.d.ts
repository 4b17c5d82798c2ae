/**
 * The SDK's types come from npm's `@moddable/typings` where it has them. What stands here it lacks,
 * or has wrong: each says which. Where the SDK is, test/sdk/typings.test.ts checks the
 * hosts against its own.
 */

/// <reference path="../../node_modules/@moddable/typings/xs.d.ts" />
/// <reference path="../../node_modules/@moddable/typings/timer.d.ts" />
/// <reference path="../../node_modules/@moddable/typings/time.d.ts" />
/// <reference path="../../node_modules/@moddable/typings/net.d.ts" />
/// <reference path="../../node_modules/@moddable/typings/file.d.ts" />
/// <reference path="../../node_modules/@moddable/typings/mc/config.d.ts" />
/// <reference path="../../node_modules/@moddable/typings/embedded_io/_common.d.ts" />
/// <reference path="../../node_modules/@moddable/typings/embedded_io/serial.d.ts" />
/// <reference path="../../node_modules/@moddable/typings/embedded_io/socket/tcp.d.ts" />

/** A function in C, by the name that the SDK's linker looks for. (Not in the package.) */
declare function native(name: string): (...parameters: unknown[]) => unknown;

/** The package gives and takes `BigInt`, the object, where XS has the primitive. */
interface BigIntConstructor {
	fromArrayBuffer(bytes: ArrayBuffer): bigint;
}

interface ArrayBufferConstructor {
	/** Big-endian, in no more bytes than it takes. */
	fromBigInt(value: bigint): ArrayBuffer;
}

/** Not in the package. */
declare module "crypt" {
	export class Digest {
		constructor(type: "SHA256");
		write(bytes: ArrayBuffer): void;
		close(): ArrayBuffer;
	}
}

/** In the package headers are a map of `String` objects, and no texts fit. */
declare module "embedded:network/http/client" {
	export interface HTTPRequest {
		read(byteLength: number): ArrayBuffer | undefined;
		write(bytes: Uint8Array): void;
	}
	export default class HTTPClient {
		constructor(options: {
			readonly host: string;
			readonly port: number;
			readonly dns: object;
			readonly socket: object;
			readonly onError: (error?: unknown) => void;
		});
		request(options: object): HTTPRequest;
		close(): void;
	}
}

/** Not in the package. */
declare module "embedded:network/interface/wifi" {
	export default class WiFi {
		constructor(options: { readonly onChanged: (property: string) => void });
		connect(options: { SSID: string; password?: string }): void;
		disconnect(): void;
		configure(options: {
			hostname?: string;
			/** Nothing for those that the network assigns. */
			static?: { address: string; mask: string; gateway: string } | undefined;
		}): void;
		scan(options: {
			onFound: (accessPoint: {
				SSID: string;
				BSSID?: string;
				RSSI: number;
				channel?: number;
				/** Such as "none" or "wpa2_psk"; the SDK's own types don't have it. */
				security?: string;
			}) => void;
			onComplete: () => void;
		}): void;
		readonly connection: number;
		readonly MAC: string | undefined;
		readonly address: string | undefined;
		readonly SSID: string | undefined;
		readonly BSSID: string | undefined;
		readonly RSSI: number | undefined;
	}
}

/** Not in the package. The SDK reads texts and numbers too; with this format, bytes. */
declare module "embedded:storage/key-value" {
	export interface Storage extends Iterable<string> {
		read(key: string): ArrayBuffer | undefined;
		/** How many bytes of `buffer` it has filled. */
		read(key: string, buffer: ArrayBuffer): number | undefined;
		write(key: string, value: Uint8Array): void;
		delete(key: string): void;
		close(): void;
	}
	const KeyValueStorage: {
		open(options: { path: string; format: "buffer" }): Storage;
	};
	export default KeyValueStorage;
}

/** Not in the package. */
declare module "embedded:storage/flash" {
	export interface Flash {
		status(): { readonly blocks: number; readonly blockLength: number };
		eraseBlock(index: number): void;
		read(byteLength: number, position: number): ArrayBuffer;
		write(bytes: Uint8Array, position: number): void;
		close(): void;
	}
	const FlashStorage: { open(options: { path: string; mode?: "r" | "r+" }): Flash };
	export default FlashStorage;
}
