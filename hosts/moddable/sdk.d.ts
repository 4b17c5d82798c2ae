/**
 * Stands for the SDK's own typings on a machine without the SDK: what our hosts use of them. Where
 * the SDK is, `mcconfig` checks the same sources against its own.
 */

/** A function in C, by the name that the SDK's linker looks for. */
declare function native(name: string): (...parameters: unknown[]) => unknown;

/** Prints on the debugger's console, or on standard output in the simulator. */
declare function trace(...texts: string[]): void;

interface BigIntConstructor {
	fromArrayBuffer(bytes: ArrayBuffer): bigint;
}

interface ArrayBufferConstructor {
	/** Big-endian, in no more bytes than it takes. */
	fromBigInt(value: bigint): ArrayBuffer;
}

declare module "timer" {
	class Timer {
		static set(callback: () => void, milliseconds: number): Timer;
		static clear(timer: Timer): void;
		private brand;
	}
	export { Timer as default };
}

declare module "time" {
	const Time: { set(seconds: number): void; ticks: number };
	export { Time as default };
}

declare module "net" {
	const Net: {
		/** `address` is `undefined` when the name has none. */
		resolve(name: string, callback: (name: string, address?: string) => void): void;
	};
	export { Net as default };
}

declare module "crypt" {
	export class Digest {
		constructor(type: "SHA256");
		write(bytes: ArrayBuffer): void;
		close(): ArrayBuffer;
	}
}

declare module "file" {
	export class File {
		constructor(path: string, isWritten?: boolean);
		/** Throws when there is nothing to read. */
		read(type: ArrayBufferConstructor, byteLength?: number): ArrayBuffer;
		read(type: StringConstructor): string;
		write(bytes: ArrayBuffer): void;
		close(): void;
		readonly length: number;
		position: number;
		static delete(path: string): boolean;
		static exists(path: string): boolean;
		static rename(from: string, to: string): boolean;
	}
	export class Iterator {
		constructor(path: string);
		next(): { readonly name: string } | undefined;
	}
	export class Directory {
		static create(path: string): void;
	}
}

declare module "embedded:io/serial" {
	export default class Serial {
		constructor(options: {
			readonly port: number;
			readonly receive: number;
			readonly transmit?: number;
			readonly baud: number;
			readonly format: "buffer";
			readonly onReadable: (byteLength: number) => void;
			readonly onWritable: (byteLength: number) => void;
		});
		read(byteLength?: number): number | ArrayBuffer | undefined;
		write(bytes: ArrayBuffer): void;
		close(): void;
	}
}

declare module "embedded:io/socket/tcp" {
	export default class TCP {
		constructor(options: {
			readonly address: string;
			readonly port: number;
			readonly onReadable: (byteLength: number) => void;
			readonly onWritable: (byteLength: number) => void;
			readonly onError: () => void;
		});
		read(byteLength?: number): number | ArrayBuffer;
		write(bytes: ArrayBuffer | Uint8Array): void;
		close(): void;
		format: "number" | "buffer";
	}
}

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

declare module "embedded:network/interface/wifi" {
	export default class WiFi {
		constructor(options: { readonly onChanged: (property: string) => void });
		connect(options: { SSID: string; password?: string }): void;
		disconnect(): void;
		configure(options: { hostname: string }): void;
		scan(options: {
			onFound: (accessPoint: {
				SSID: string;
				BSSID?: string;
				RSSI: number;
				channel?: number;
			}) => void;
			onComplete: () => void;
		}): void;
		readonly connection: number;
		readonly MAC: string | undefined;
		readonly address: string | undefined;
		readonly SSID: string | undefined;
		readonly RSSI: number | undefined;
	}
}

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

declare module "mc/config" {
	const config: Readonly<Record<string, unknown>>;
	export default config;
}
